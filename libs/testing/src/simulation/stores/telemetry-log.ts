import type {
  Checkpoint,
  Lease,
  ReleaseTallies,
  TelemetryEntry,
  TelemetryRead,
  WindowEntry,
  ObservationEntry,
} from '@croupier/orchestrator';
import type { Setting } from '../setting';
import type { LeaseTable } from './lease-table';

interface Slot {
  readonly entry: TelemetryEntry;
  committed: boolean;
}

export interface TelemetryWatch {
  /** An entry can be read from now on. */
  counted(entry: TelemetryEntry): void;
}

/** A gateway that has not reported for this long is not waited for, in milliseconds. */
export const GATEWAY_ALIVE_MS = 3_000;

type Fresh<Entry extends TelemetryEntry> = Omit<Entry, 'position'>;

/** What has been counted, in the order in which positions were given out; commits come in another. */
export class TelemetryLog {
  /** Position 1 is the first. */
  private readonly slots: Slot[] = [];
  private readonly known = new Set<string>();
  private readonly gateways = new Map<string, { routingVersion: number; seenAt: number }>();
  private readonly checkpoints = new Map<number, Checkpoint<ReleaseTallies>>();
  private committedBelow = 1;
  /** When a gateway has last reported. */
  heardAt = -Infinity;

  constructor(
    private readonly setting: Setting,
    private readonly leases: LeaseTable,
    private readonly watch: TelemetryWatch,
  ) {}

  /** Begins to store an entry; one that is known already is left out. */
  insert(entry: Fresh<WindowEntry> | Fresh<ObservationEntry>, commitsAfterMs: number): void {
    if (this.known.has(entry.id)) return;
    this.known.add(entry.id);
    const slot: Slot = { entry: { ...entry, position: this.slots.length + 1 }, committed: false };
    this.slots.push(slot);
    const commit = (): void => {
      slot.committed = true;
      while (this.slots[this.committedBelow - 1]?.committed) this.committedBelow += 1;
      this.watch.counted(slot.entry);
    };
    if (commitsAfterMs === 0) commit();
    else this.setting.time.after(commitsAfterMs, commit);
  }

  gatewaySeen(gatewayId: string, routingVersion: number): void {
    const known = this.gateways.get(gatewayId)?.routingVersion ?? 0;
    const { now } = this.setting.time;
    this.gateways.set(gatewayId, { routingVersion: Math.max(known, routingVersion), seenAt: now });
    this.heardAt = now;
  }

  read(since: number): TelemetryRead {
    const entries: TelemetryEntry[] = [];
    for (let index = Math.max(0, since - 1); index < this.slots.length; index += 1) {
      const slot = this.slots[index]!;
      if (slot.committed) entries.push(slot.entry);
    }
    return { entries, horizon: this.horizon() };
  }

  horizon(): number {
    const next = this.slots.length + 1;
    return this.setting.rules.horizon(next, this.committedBelow < next ? this.committedBelow : null);
  }

  routedEverywhere(): number | null {
    const { now } = this.setting.time;
    let lowest: number | null = null;
    for (const { routingVersion, seenAt } of this.gateways.values())
      if (seenAt > now - GATEWAY_ALIVE_MS && (lowest === null || routingVersion < lowest))
        lowest = routingVersion;
    return lowest;
  }

  loadCheckpoints(partitions: readonly number[]): Checkpoint<ReleaseTallies>[] {
    return partitions.map(
      (partition) => this.checkpoints.get(partition) ?? { partition, since: 0, seen: [], tallies: {} },
    );
  }

  saveCheckpoints(checkpoints: readonly (Checkpoint<ReleaseTallies> & Lease)[]): void {
    for (const { token, ...checkpoint } of checkpoints)
      if (this.setting.rules.isHolder(token, this.leases.tokenOf(checkpoint.partition)))
        this.checkpoints.set(checkpoint.partition, this.setting.rules.kept(checkpoint));
  }
}
