import type { ClientFeature, ClientSegment } from './client-feature';
import type { Snapshot } from './snapshot';

/** One event of Unleash's delta API. `eventId` is the revision that it leads to. */
export type DeltaEvent =
  | { readonly type: 'feature-updated'; readonly eventId: number; readonly feature: ClientFeature }
  | {
      readonly type: 'feature-removed';
      readonly eventId: number;
      readonly featureName: string;
      readonly project: string;
    }
  | { readonly type: 'segment-updated'; readonly eventId: number; readonly segment: ClientSegment }
  | { readonly type: 'segment-removed'; readonly eventId: number; readonly segmentId: number };

/** What makes `after` of `before`. Segments come first, and go last, so that no strategy ever lacks one in between. */
export function deltaBetween(before: Snapshot, after: Snapshot): DeltaEvent[] {
  const eventId = after.revision;
  const changed = <Key, Value>(old: ReadonlyMap<Key, Value>, now: ReadonlyMap<Key, Value>): Value[] =>
    [...now].flatMap(([key, value]) => (sameJson(old.get(key), value) ? [] : [value]));
  const removed = <Key, Value>(old: ReadonlyMap<Key, Value>, now: ReadonlyMap<Key, Value>): Value[] =>
    [...old].flatMap(([key, value]) => (now.has(key) ? [] : [value]));
  return [
    ...changed(before.segments, after.segments).map((segment): DeltaEvent => ({
      type: 'segment-updated',
      eventId,
      segment,
    })),
    ...changed(before.features, after.features).map((feature): DeltaEvent => ({
      type: 'feature-updated',
      eventId,
      feature,
    })),
    ...removed(before.features, after.features).map(({ name, project }): DeltaEvent => ({
      type: 'feature-removed',
      eventId,
      featureName: name,
      project,
    })),
    ...removed(before.segments, after.segments).map(({ id }): DeltaEvent => ({
      type: 'segment-removed',
      eventId,
      segmentId: id,
    })),
  ];
}

/** Most are the very same object. */
function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

const MAX_EVENTS = 1_000;

/** The latest events, for those who were away a short while. */
export class DeltaLog {
  private events: DeltaEvent[] = [];

  /** @param oldestRevision what the events lead on from. */
  constructor(private oldestRevision: number) {}

  append(events: readonly DeltaEvent[]): void {
    this.events.push(...events);
    if (this.events.length <= MAX_EVENTS) return;
    const dropped = this.events.slice(0, -MAX_EVENTS);
    this.oldestRevision = dropped.at(-1)!.eventId;
    // Those of one revision stay together.
    this.events = this.events.filter(({ eventId }) => eventId > this.oldestRevision);
  }

  /** What has come after the revision; null when some of it is not here any more. */
  since(revision: number): readonly DeltaEvent[] | null {
    if (revision < this.oldestRevision) return null;
    return this.events.filter(({ eventId }) => eventId > revision);
  }
}
