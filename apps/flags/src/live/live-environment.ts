import { Evaluator } from '../frontend-api/evaluator';
import type { ClientFeature, ClientSegment } from './client-feature';
import { DeltaLog, deltaBetween, type DeltaEvent } from './delta';
import { Snapshot } from './snapshot';

export type DeltaListener = (events: readonly DeltaEvent[], revision: number) => void;

/** One environment as it stands: what SDKs are answered from, and told of. */
export class LiveEnvironment {
  private held: Snapshot;
  private readonly log: DeltaLog;
  private readonly listeners = new Set<DeltaListener>();
  private heldEvaluator: Evaluator | undefined;

  constructor(first: Snapshot) {
    this.held = first;
    this.log = new DeltaLog(first.revision);
  }

  get snapshot(): Snapshot {
    return this.held;
  }

  get evaluator(): Evaluator {
    return (this.heldEvaluator ??= new Evaluator(this.held));
  }

  /** Tells the listeners, unless all is as it was. */
  update(
    features: ReadonlyMap<string, ClientFeature>,
    segments: ReadonlyMap<number, ClientSegment>,
    revision: number,
  ): void {
    const next = new Snapshot(this.held.environment, revision, features, segments);
    const events = deltaBetween(this.held, next);
    if (events.length === 0) return;
    this.held = next;
    this.heldEvaluator = undefined;
    this.log.append(events);
    for (const listener of this.listeners) listener(events, revision);
  }

  /** What has come after the revision; null when that cannot be told, and all of it has to be said anew. */
  since(revision: number): readonly DeltaEvent[] | null {
    // From another store, or from a replica that is ahead: what its holder has is not what we have.
    if (revision > this.held.revision) return null;
    return this.log.since(revision);
  }

  onDelta(listener: DeltaListener): void {
    this.listeners.add(listener);
  }
}
