import { Injectable } from '@nestjs/common';
import type { EffectPerformer, Lease, OutsideEffect, StoredRelease } from '@croupier/orchestrator';
import type { RolloutInput } from '@croupier/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { LeaseRepository } from '../leases/lease-repository';
import { Pipelines } from '../pipelines/pipelines';
import { runIdOf, type PipelinePurpose } from '../pipelines/runs/pipeline-run-repository';
import type { ReleaseRecord } from '../releases/release-record';
import { ReleaseRepository } from '../releases/release-repository';
import { RoutingRepository } from '../routing/routing-repository';
import { RoutingWaiters } from '../routing/routing-waiters';
import {
  DeploymentTarget,
  type DeploymentCause,
  type DeploymentEnvironment,
  type WorkloadSpec,
} from '../targets/deployment-target';
import { WorkloadRepository } from '../workloads/workload-repository';

/** A release, and by what right something is done for it. */
interface Acting {
  readonly release: ReleaseRecord;
  readonly lease: Lease;
}

/** Deploys, tests and stops. Each is safe to repeat: targets are told the end state, not the change. */
@Injectable()
export class WorkloadEffects implements EffectPerformer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly leases: LeaseRepository,
    private readonly releases: ReleaseRepository,
    private readonly target: DeploymentTarget,
    private readonly pipelines: Pipelines,
    private readonly workloads: WorkloadRepository,
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
  ) {}

  async perform(
    effect: OutsideEffect,
    { id, partition }: StoredRelease,
    fencingToken: number,
  ): Promise<RolloutInput | null> {
    const release = await this.releases.find(id);
    if (!release) throw new Error('The release is gone');
    const acting: Acting = { release, lease: { partition, token: fencingToken } };
    switch (effect.kind) {
      case 'deploy-staging':
        await this.deploy(acting, 'staging');
        return { kind: 'stagingDeployed' };
      case 'run-tests':
        return this.prove(acting, 'staging');
      case 'stop-staging':
        await this.stop(acting, specOf(release, 'staging'));
        return null;
      case 'deploy-production':
        return { kind: 'workloadReady', endpoint: await this.deploy(acting, 'production') };
      case 'run-preview':
        return this.prove(acting, 'preview');
      case 'retire-workload':
        return this.retire(acting, effect.version);
      default:
        return effect satisfies never;
    }
  }

  private async deploy(acting: Acting, environment: DeploymentEnvironment): Promise<string> {
    const spec = specOf(acting.release, environment);
    if (environment === 'staging') await this.vacateStaging(acting, spec);
    const { endpoint } = await this.target.deploy(spec, causeOf(acting, `deploy-${environment}`));
    await this.fenced(acting, (tx) => this.workloads.started(tx, spec, endpoint));
    return endpoint;
  }

  /** A subject's staging environment is one version's at a time: what an earlier release has left there goes first. */
  private async vacateStaging(acting: Acting, spec: WorkloadSpec): Promise<void> {
    for (const other of await this.workloads.othersOnStaging(spec)) await this.stop(acting, other);
  }

  private async prove(acting: Acting, purpose: PipelinePurpose): Promise<RolloutInput | null> {
    const { release } = acting;
    const environment = purpose === 'staging' ? 'staging' : 'production';
    const endpoint = await this.deploy(acting, environment);
    const runId = runIdOf({ releaseId: release.id, purpose });
    return this.pipelines.run(purpose, {
      releaseId: release.id,
      spec: specOf(release, environment),
      endpoint,
      runId,
    });
  }

  /** The gateways stop sending sessions there before the workload ends. */
  private async retire(acting: Acting, version: string): Promise<RolloutInput> {
    const { provider, game } = acting.release;
    const spec = await this.workloads.find(provider, game, version);
    if (spec) {
      const routingVersion = await this.fenced(acting, async (tx) => {
        // A change of clearance may have brought it back since it was looked whether anybody needs it.
        if (await this.routing.isDealt(tx, acting.release, version))
          throw new Error(`Players are sent to ${version} again`);
        await this.workloads.stopped(tx, spec);
        return this.routing.publish(tx, [{ provider, game }]);
      });
      this.waiters.announce(routingVersion);
      await this.target.remove(spec, causeOf(acting, `retire-${version}`));
    }
    return { kind: 'retired', version };
  }

  private async stop(acting: Acting, spec: WorkloadSpec): Promise<void> {
    await this.target.remove(spec, causeOf(acting, `stop-${spec.environment}-${spec.manifest.version}`));
    await this.fenced(acting, (tx) => this.workloads.stopped(tx, spec));
  }

  /** Stores nothing for a replica that has lost its lease: the new holder's rows stand. */
  private fenced<Result>({ lease }: Acting, store: (tx: EntityManager) => Promise<Result>): Promise<Result> {
    return this.dataSource.transaction(async (tx) => {
      await this.leases.fence(tx, [lease]);
      return store(tx);
    });
  }
}

function causeOf({ release, lease }: Acting, what: string): DeploymentCause {
  return {
    releaseId: release.id,
    effectKey: `${release.id}:${what}`,
    fencingToken: lease.token,
    actor: 'deployer',
    reason: release.reason,
  };
}

function specOf(release: ReleaseRecord, environment: DeploymentEnvironment): WorkloadSpec {
  const { digest, manifestUrl, manifest } = release;
  return { environment, digest, manifestUrl, manifest };
}
