import { Injectable } from '@nestjs/common';
import type { RoutingSnapshot } from '@croupier/contracts';
import type { RoutingTable } from '@croupier/routing';

export interface AppliedRouting {
  readonly table: RoutingTable;
  readonly snapshot: RoutingSnapshot;
  readonly appliedAt: Date;
  /** `file` after a cold start that has not reached the deployer yet. */
  readonly source: 'deployer' | 'file';
}

/** What traffic is dealt by at this moment. Swapped whole, so that a request sees one snapshot or the other. */
@Injectable()
export class CurrentRouting {
  private current: AppliedRouting | null = null;

  get applied(): AppliedRouting | null {
    return this.current;
  }

  get table(): RoutingTable | null {
    return this.current === null ? null : this.current.table;
  }

  /** 0 before the first snapshot. */
  get version(): number {
    return this.current === null ? 0 : this.current.table.routingVersion;
  }

  swap(applied: AppliedRouting): void {
    this.current = applied;
  }
}
