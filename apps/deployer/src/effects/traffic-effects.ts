import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { ReleaseRepository } from '../releases/release-repository';
import type { ReleaseRecord } from '../releases/release-record';
import { RoutingRepository } from '../routing/routing-repository';
import { RoutingWaiters } from '../routing/routing-waiters';
import { DeploymentTarget } from '../targets/deployment-target';
import { WorkloadRepository } from '../workloads/workload-repository';
import type { EffectOutcome } from './effect-outcome';

/** Effects on who is dealt what: each ends in a new routing snapshot, which waiting gateways get at once. */
@Injectable()
export class TrafficEffects {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: ReleaseRepository,
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
    private readonly workloads: WorkloadRepository,
    private readonly target: DeploymentTarget,
  ) {}

  async setWeight(release: ReleaseRecord, weightPercent: number): Promise<EffectOutcome> {
    const { provider, game, version } = release;
    const canary = weightPercent === 0 ? null : { version, weightPercent };
    return this.routed(release, (tx) => this.routing.setCanary(tx, provider, game, canary));
  }

  async promote(release: ReleaseRecord): Promise<EffectOutcome> {
    const { provider, game, version } = release;
    return this.routed(release, (tx) => this.routing.setStable(tx, provider, game, version));
  }

  /** The gateways stop sending sessions there before the workload ends. */
  async retire(release: ReleaseRecord, version: string): Promise<EffectOutcome> {
    const { provider, game } = release;
    const spec = await this.workloads.find(provider, game, version);
    if (spec) {
      const routingVersion = await this.dataSource.transaction(async (tx) => {
        await this.workloads.stopped(tx, spec);
        return this.routing.publish(tx, provider, game);
      });
      this.waiters.announce(routingVersion);
      await this.target.remove(spec);
    }
    return { input: { kind: 'retired', version } };
  }

  private routed(release: ReleaseRecord, change: (tx: Transaction) => Promise<number>): EffectOutcome {
    let routingVersion = 0;
    return {
      store: async (tx) => {
        routingVersion = await change(tx);
        await this.releases.markRouted(tx, release.id, routingVersion);
      },
      afterCommit: () => this.waiters.announce(routingVersion),
    };
  }
}
