import type { Lease, LeaseStore } from '../src/ports/lease-store';
import { PARTITIONS } from '../src/releases/partition-of';

/** Gives a replica that is alone everything, until somebody else takes it. */
export class MemoryLeaseStore implements LeaseStore {
  private readonly rows = Array.from({ length: PARTITIONS }, (_, partition) => ({
    partition,
    token: 0,
    holder: null as string | null,
  }));

  async renew(replicaId: string): Promise<readonly Lease[]> {
    for (const row of this.rows) if (row.holder === null) this.hand(row.partition, replicaId);
    return this.rows
      .filter(({ holder }) => holder === replicaId)
      .map(({ partition, token }) => ({ partition, token }));
  }

  async release(replicaId: string): Promise<void> {
    for (const row of this.rows) if (row.holder === replicaId) row.holder = null;
  }

  /** The partition changes hands, whether or not its lease is over. */
  hand(partition: number, to: string | null): void {
    const row = this.rows[partition]!;
    row.holder = to;
    row.token += 1;
  }

  tokenOf(partition: number): number {
    return this.rows[partition]!.token;
  }
}

/** All partitions by the same token. */
export function allLeases(token = 1): ReadonlyMap<number, Lease> {
  return leasesOf(
    token,
    Array.from({ length: PARTITIONS }, (_, partition) => partition),
  );
}

export function leasesOf(token: number, partitions: readonly number[]): ReadonlyMap<number, Lease> {
  return new Map(partitions.map((partition) => [partition, { partition, token }]));
}
