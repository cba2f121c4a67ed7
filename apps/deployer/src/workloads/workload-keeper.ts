import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ReleaseRepository } from '../releases/release-repository';
import { ReleaseTeller } from '../releases/release-teller';
import { RoutingRepository } from '../routing/routing-repository';
import { RoutingWaiters } from '../routing/routing-waiters';
import { DeploymentTarget, type DeploymentCause, type WorkloadSpec } from '../targets/deployment-target';
import { WorkloadRepository } from './workload-repository';

/** What is already decided needs no lease. */
const RESTORATION: DeploymentCause = {
  releaseId: null,
  effectKey: 'restore',
  fencingToken: null,
  actor: 'deployer',
  reason: 'it was running before',
};

/** Keeps production workloads up: after a restart of the deployer, and when one ends by itself. */
@Injectable()
export class WorkloadKeeper implements OnApplicationBootstrap {
  private readonly logger = new Logger(WorkloadKeeper.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly target: DeploymentTarget,
    private readonly workloads: WorkloadRepository,
    private readonly releases: ReleaseRepository,
    private readonly teller: ReleaseTeller,
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.target.onLost((spec, reason) => void this.lost(spec, reason));
    for (const spec of await this.workloads.runningInProduction()) await this.restore(spec);
  }

  /** A canary that ends is a hard stop of its rollout; any other version is brought up again. */
  private async lost(spec: WorkloadSpec, reason: string): Promise<void> {
    if (spec.environment === 'staging') return;
    const { provider, game, version } = spec.manifest;
    const release = await this.releases.activeOf(provider, game, version);
    if (release) await this.teller.tell(release.id, { kind: 'workloadFailed', reason });
    else await this.restore(spec);
  }

  private async restore(spec: WorkloadSpec): Promise<void> {
    const { provider, game } = spec.manifest;
    try {
      const { endpoint } = await this.target.deploy(spec, RESTORATION);
      const routingVersion = await this.dataSource.transaction(async (tx) =>
        (await this.workloads.restored(tx, spec, endpoint))
          ? this.routing.publish(tx, [{ provider, game }])
          : null,
      );
      if (routingVersion === null) await this.target.remove(spec, RESTORATION);
      else this.waiters.announce(routingVersion);
    } catch (error) {
      this.logger.error(
        `${provider}/${game}@${spec.manifest.version} cannot be restored: ${(error as Error).message}`,
      );
    }
  }
}
