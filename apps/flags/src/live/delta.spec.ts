import fc from 'fast-check';
import type { ClientFeature, ClientSegment } from './client-feature';
import { DeltaLog, deltaBetween, type DeltaEvent } from './delta';
import { Snapshot } from './snapshot';

const flag = (name: string, enabled: boolean): ClientFeature => ({
  name,
  type: 'release',
  enabled,
  stale: false,
  impressionData: false,
  project: 'default',
  strategies: [],
  variants: [],
});
const segment = (id: number): ClientSegment => ({ id, name: `s${id}`, constraints: [] });

const snapshots = fc
  .record({
    flags: fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.boolean()), {
      selector: ([name]) => name,
    }),
    segments: fc.uniqueArray(fc.nat(3)),
  })
  .map(
    ({ flags, segments }) =>
      (revision: number) =>
        new Snapshot(
          'production',
          revision,
          new Map(flags.map(([name, enabled]) => [name, flag(name, enabled)])),
          new Map(segments.map((id) => [id, segment(id)])),
        ),
  );

describe('the difference between two snapshots', () => {
  it('makes the one of the other', () => {
    fc.assert(
      fc.property(snapshots, snapshots, (before, after) => {
        const events = deltaBetween(before(1), after(2));
        expect(applied(before(1), events)).toEqual(contentOf(after(2)));
      }),
    );
  });

  it('is nothing when nothing is different', () => {
    fc.assert(fc.property(snapshots, (snapshot) => deltaBetween(snapshot(1), snapshot(2)).length === 0));
  });
});

describe('the log of differences', () => {
  const update = (eventId: number): DeltaEvent => ({
    type: 'feature-updated',
    eventId,
    feature: flag('a', eventId % 2 === 0),
  });

  it('has what came after a revision, and admits what it cannot know', () => {
    const log = new DeltaLog(5);
    log.append([update(6), update(6)]);
    log.append([update(8)]);
    expect(log.since(5)).toHaveLength(3);
    expect(log.since(6)).toEqual([update(8)]);
    expect(log.since(8)).toEqual([]);
    expect(log.since(4)).toBeNull();
  });

  it('forgets the oldest, and never half of one revision', () => {
    const log = new DeltaLog(0);
    for (let revision = 1; revision <= 600; revision += 1) log.append([update(revision), update(revision)]);
    expect(log.since(1)).toBeNull();
    expect(log.since(500)).toHaveLength(200);
    expect(log.since(300)?.every(({ eventId }, index) => eventId === 301 + Math.floor(index / 2))).not.toBe(
      false,
    );
  });
});

function contentOf({ features, segments }: Snapshot): unknown {
  const flags = [...features].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, feature]) => feature);
  return { flags, segments: [...segments.keys()].sort() };
}

/** As an SDK applies them. */
function applied({ features, segments }: Snapshot, events: readonly DeltaEvent[]): unknown {
  const [flags, ids] = [new Map(features), new Map(segments)];
  for (const event of events)
    switch (event.type) {
      case 'feature-updated':
        flags.set(event.feature.name, event.feature);
        break;
      case 'feature-removed':
        flags.delete(event.featureName);
        break;
      case 'segment-updated':
        ids.set(event.segment.id, event.segment);
        break;
      case 'segment-removed':
        ids.delete(event.segmentId);
        break;
      default:
        event satisfies never;
    }
  return contentOf(new Snapshot('production', 0, flags, ids));
}
