import type { Clock } from '../ports/clock';
import type { Lease, LeaseStore } from '../ports/lease-store';

/** Counted from before the call that renewed: whoever takes over waits for the store's clock, which started later. */
const TTL_MS = 3_000;

/** What this replica may act for. Past its time it holds nothing, whatever the store would say. */
export class LeaseKeeper {
  private held: ReadonlyMap<number, Lease> = new Map();
  private validUntil = 0;

  constructor(
    private readonly replicaId: string,
    private readonly store: LeaseStore,
    private readonly clock: Clock,
  ) {}

  async renew(): Promise<void> {
    const askedAt = this.clock.now();
    const leases = await this.store.renew(this.replicaId, TTL_MS);
    this.held = new Map(leases.map((lease) => [lease.partition, lease]));
    this.validUntil = askedAt + TTL_MS;
  }

  current(): ReadonlyMap<number, Lease> {
    return this.clock.now() < this.validUntil ? this.held : NONE;
  }

  async release(): Promise<void> {
    this.held = NONE;
    await this.store.release(this.replicaId);
  }
}

const NONE: ReadonlyMap<number, Lease> = new Map();
