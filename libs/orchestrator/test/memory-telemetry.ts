import type { ReleaseId, TelemetryCount } from '@croupier/contracts';
import type {
  Checkpoint,
  ObservationEntry,
  TelemetryEntry,
  TelemetryRead,
  TelemetrySource,
  WindowEntry,
} from '../src/ports/telemetry-source';
import type { ReleaseTallies } from '../src/telemetry/release-tallies';
import { NOW, ROUTED } from './stored-releases';

type Kept = Checkpoint<ReleaseTallies>;

/** Entries take their position when they begin to be stored, and can be read once they are committed. */
export class MemoryTelemetry implements TelemetrySource<ReleaseTallies> {
  private readonly slots: { readonly entry: TelemetryEntry; committed: boolean }[] = [];
  private readonly checkpoints = new Map<number, Kept>();
  /** What `routedEverywhere` answers. */
  routed: number | null = null;
  /** From where each read was. */
  readonly reads: number[] = [];
  readonly saves: (Kept & { readonly token: number })[] = [];

  constructor(private readonly tokenOf: ((partition: number) => number) | null = null) {}

  /** Answers what commits it, unless it is committed at once. */
  add(entry: Omit<WindowEntry, 'position'> | Omit<ObservationEntry, 'position'>, late = false): () => void {
    const slot = { entry: { ...entry, position: this.slots.length + 1 }, committed: !late };
    this.slots.push(slot);
    return () => {
      slot.committed = true;
    };
  }

  async read(since: number): Promise<TelemetryRead> {
    this.reads.push(since);
    const entries = this.slots
      .filter(({ entry, committed }) => committed && entry.position >= since)
      .map(({ entry }) => entry);
    return { entries, horizon: await this.horizon() };
  }

  async horizon(): Promise<number> {
    return this.slots.find(({ committed }) => !committed)?.entry.position ?? this.slots.length + 1;
  }

  async routedEverywhere(): Promise<number | null> {
    return this.routed;
  }

  async loadCheckpoints(partitions: readonly number[]): Promise<readonly Kept[]> {
    return partitions.map(
      (partition) => this.checkpoints.get(partition) ?? { partition, since: 0, seen: [], tallies: {} },
    );
  }

  async saveCheckpoints(checkpoints: readonly (Kept & { readonly token: number })[]): Promise<void> {
    this.saves.push(...checkpoints);
    for (const { token, ...checkpoint } of checkpoints)
      if (this.tokenOf === null || this.tokenOf(checkpoint.partition) === token)
        // As JSON keeps it.
        this.checkpoints.set(checkpoint.partition, JSON.parse(JSON.stringify(checkpoint)) as Kept);
  }
}

let windows = 0;

/** What one gateway counted, dealing by the snapshot that began the rollout unless another is given. */
export function windowOf(
  counts: readonly TelemetryCount[],
  overrides: Partial<Omit<WindowEntry, 'kind'>> = {},
): Omit<WindowEntry, 'position'> {
  windows += 1;
  const { firstRoutingVersion: routingVersion } = ROUTED;
  return { kind: 'window', id: `west/${windows}`, startedAt: NOW, routingVersion, counts, ...overrides };
}

/** Requests of a version of acme/gold-rush. */
export function countOf(version: string, counted: Partial<TelemetryCount> = {}): TelemetryCount {
  const none = { launches: 0, requests: 0, errors: 0, slow: 0 };
  return { provider: 'acme', game: 'gold-rush', version, market: 'MT', ...none, ...counted };
}

export function observationOf(
  releaseId: ReleaseId,
  metric: string,
  counted: Partial<Pick<ObservationEntry, 'canary' | 'stable' | 'startedAt'>>,
): Omit<ObservationEntry, 'position'> {
  windows += 1;
  const none = { trials: 0, failures: 0 };
  return {
    kind: 'observation',
    id: `bank/${windows}`,
    releaseId,
    metric,
    startedAt: NOW,
    canary: none,
    stable: none,
    ...counted,
  };
}
