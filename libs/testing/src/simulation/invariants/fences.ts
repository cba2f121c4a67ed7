import type { Lease } from '@croupier/orchestrator';
import type { Fence } from '../outside/deployment-target';
import type { LeaseTable } from '../stores/lease-table';
import type { Commit } from '../stores/release-row';
import type { Referee } from './referee';

/** Who has lost a lease changes nothing any more. */
export class Fences {
  private readonly obeyedTokens = new Map<number, number>();
  private readonly holders = new Map<string, string>();

  constructor(
    private readonly referee: Referee,
    private readonly table: () => LeaseTable,
  ) {}

  /** A transaction was let in by these leases. */
  used(leases: readonly Lease[], by: string): void {
    for (const { partition, token } of leases) {
      const current = this.table().tokenOf(partition);
      if (token !== current)
        this.referee.violated(
          'a store lets in the holder of the lease alone',
          `${by} changes partition ${partition} by token ${token}, and the holder has ${current}`,
        );
      this.checkOneHolder(partition, token, by);
    }
  }

  /** What the loop tells, it tells by a lease. */
  committed({ teller, after }: Commit, leases: readonly Lease[]): void {
    const { partition } = after.release;
    if (teller.seenSince !== null && !leases.some((lease) => lease.partition === partition))
      this.referee.violated(
        'the loop tells nothing without a lease',
        `${teller.name}, partition ${partition}`,
      );
  }

  /** A target has done as it was told. */
  obeyed({ partition, token }: Fence): void {
    const highest = this.obeyedTokens.get(partition) ?? 0;
    if (token < highest)
      this.referee.violated(
        "a target's fencing tokens never go back",
        `partition ${partition}: ${token} after ${highest}`,
      );
    this.obeyedTokens.set(partition, Math.max(highest, token));
  }

  private checkOneHolder(partition: number, token: number, by: string): void {
    const key = `${partition}/${token}`;
    const holder = this.holders.get(key) ?? by;
    this.holders.set(key, holder);
    if (holder !== by)
      this.referee.violated(
        'a token has one holder',
        `${by} and ${holder} both have ${token} of partition ${partition}`,
      );
  }
}
