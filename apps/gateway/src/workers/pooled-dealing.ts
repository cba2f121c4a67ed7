import type { RoutingUpdate } from '@croupier/contracts';
import type { AppliedRouting, CurrentRouting } from '../routing/current-routing';
import { Dealers } from '../routing/dealers';
import type { WorkerPool } from './worker-pool';

/** Players are dealt by the workers. Begins with what was kept, before there is anything to follow. */
export class PooledDealing {
  private routing: CurrentRouting | null = null;

  constructor(
    private readonly pool: WorkerPool,
    private readonly kept: RoutingUpdate | null,
  ) {}

  /** All that a worker that begins now has to know. */
  get known(): RoutingUpdate | null {
    const applied = this.routing?.applied ?? null;
    return applied === null ? this.kept : { ...applied.snapshot, since: null, gone: [] };
  }

  in(routing: CurrentRouting): Dealers {
    const { pool } = this;
    this.routing = routing;
    return new (class extends Dealers {
      dealBy(applied: AppliedRouting, update: RoutingUpdate): void {
        routing.swap(applied);
        pool.update(update);
      }
    })();
  }
}
