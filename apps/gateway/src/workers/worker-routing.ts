import type { RoutingUpdate } from '@croupier/contracts';
import { compileRoutes, updateRoutes, type RoutingTable } from '@croupier/routing';

/** What a worker deals by. Swapped whole, so that a request sees one snapshot or the other. */
export class WorkerRouting {
  table: RoutingTable | null = null;

  /** 0 before the first snapshot. */
  get version(): number {
    return this.table === null ? 0 : this.table.routingVersion;
  }

  /** @throws when it does not apply to what there is. */
  update(update: RoutingUpdate): void {
    if (update.since === null) this.table = compileRoutes(update);
    else if (this.table?.routingVersion === update.since) this.table = updateRoutes(this.table, update);
    else throw new Error(`the changes since ${update.since} do not fit version ${this.version}`);
  }
}
