import type { ReleaseId, TelemetryCount } from '@croupier/contracts';

interface Entry {
  /** Unique for good: an entry counts once. */
  readonly id: string;
  /** Rises roughly with arrival. */
  readonly position: number;
  /** When its counting began, in epoch milliseconds, by the clock of whoever counted. */
  readonly startedAt: number;
}

/** What one gateway counted in one window. */
export interface WindowEntry extends Entry {
  readonly kind: 'window';
  readonly routingVersion: number;
  readonly counts: readonly TelemetryCount[];
}

/** What another source counted of one metric of a release. */
export interface ObservationEntry extends Entry {
  readonly kind: 'observation';
  readonly releaseId: ReleaseId;
  readonly metric: string;
  readonly canary: Counted;
  readonly stable: Counted;
}

export interface Counted {
  readonly trials: number;
  readonly failures: number;
}

export type TelemetryEntry = WindowEntry | ObservationEntry;

export interface TelemetryRead {
  readonly entries: readonly TelemetryEntry[];
  /** Every entry below this position is known by now; at or above it, some may still appear. */
  readonly horizon: number;
  /** Nothing was read: only how far one could. */
  readonly skipped?: boolean;
}

/** What is kept of a partition, so that the next holder goes on counting where the last one was. */
export interface Checkpoint<Tallies> {
  readonly partition: number;
  readonly since: number;
  /** Entries at or above `since` that are counted. */
  readonly seen: readonly string[];
  readonly tallies: Readonly<Record<ReleaseId, Tallies>>;
}

export interface TelemetrySource<Tallies> {
  /** All entries at or above the position. */
  read(since: number): Promise<TelemetryRead>;
  /** Where `read` would go on, without reading. */
  horizon(): Promise<number>;
  /** The lowest routing version among live gateways, or null when none is alive. */
  routedEverywhere(): Promise<number | null>;
  loadCheckpoints(partitions: readonly number[]): Promise<readonly Checkpoint<Tallies>[]>;
  /** Stores nothing for a partition whose token is not the holder's any more. */
  saveCheckpoints(checkpoints: readonly (Checkpoint<Tallies> & { readonly token: number })[]): Promise<void>;
}
