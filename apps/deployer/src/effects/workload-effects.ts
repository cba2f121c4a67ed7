import { Injectable } from '@nestjs/common';
import type { EffectPerformer, OutsideEffect, StoredRelease } from '@croupier/orchestrator';
import type { RolloutInput } from '@croupier/rollout';
import { DataSource } from 'typeorm';
import { PipelineRunner } from '../pipelines/pipeline-runner';
import type { ReleaseRecord } from '../releases/release-record';
import { ReleaseRepository } from '../releases/release-repository';
import { RoutingRepository } from '../routing/routing-repository';
import { RoutingWaiters } from '../routing/routing-waiters';
import {
  DeploymentTarget,
  type DeploymentEnvironment,
  type WorkloadSpec,
} from '../targets/deployment-target';
import { WorkloadRepository } from '../workloads/workload-repository';

/** Deploys, tests and stops. Each is safe to repeat: targets are told the end state, not the change. */
@Injectable()
export class WorkloadEffects implements EffectPerformer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly releases: ReleaseRepository,
    private readonly target: DeploymentTarget,
    private readonly pipeline: PipelineRunner,
    private readonly workloads: WorkloadRepository,
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
  ) {}

  async perform(
    effect: OutsideEffect,
    { id }: StoredRelease,
    fencingToken: number,
  ): Promise<RolloutInput | null> {
    const release = await this.releases.find(id);
    if (!release) throw new Error('The release is gone');
    switch (effect.kind) {
      case 'deploy-staging':
        await this.deploy(release, 'staging', fencingToken);
        return { kind: 'stagingDeployed' };
      case 'run-tests':
        return this.test(release, fencingToken);
      case 'stop-staging':
        await this.stop(specOf(release, 'staging'), fencingToken);
        return null;
      case 'deploy-production':
        return { kind: 'workloadReady', endpoint: await this.deploy(release, 'production', fencingToken) };
      case 'run-preview':
        return this.preview(release, fencingToken);
      case 'retire-workload':
        return this.retire(release, effect.version, fencingToken);
      default:
        return effect satisfies never;
    }
  }

  private async deploy(
    release: ReleaseRecord,
    environment: DeploymentEnvironment,
    fencingToken: number,
  ): Promise<string> {
    const spec = specOf(release, environment);
    const { endpoint } = await this.target.deploy(spec, fencingToken);
    await this.workloads.started(this.dataSource.manager, spec, endpoint);
    return endpoint;
  }

  private async test(release: ReleaseRecord, fencingToken: number): Promise<RolloutInput> {
    const endpoint = await this.deploy(release, 'staging', fencingToken);
    const result = await this.pipeline.run({ endpoint, version: release.version, runId: release.id });
    return result.kind === 'passed'
      ? { kind: 'testsPassed', checks: result.checks }
      : { kind: 'testsFailed', reason: `${result.check}: ${result.reason}` };
  }

  private async preview(release: ReleaseRecord, fencingToken: number): Promise<RolloutInput> {
    const endpoint = await this.deploy(release, 'production', fencingToken);
    const result = await this.pipeline.run({
      endpoint,
      version: release.version,
      runId: `${release.id}-preview`,
    });
    return result.kind === 'passed'
      ? { kind: 'previewPassed', checks: result.checks }
      : { kind: 'previewFailed', reason: `${result.check}: ${result.reason}` };
  }

  /** The gateways stop sending sessions there before the workload ends. */
  private async retire(
    { provider, game }: ReleaseRecord,
    version: string,
    fencingToken: number,
  ): Promise<RolloutInput> {
    const spec = await this.workloads.find(provider, game, version);
    if (spec) {
      const routingVersion = await this.dataSource.transaction(async (tx) => {
        await this.workloads.stopped(tx, spec);
        return this.routing.publish(tx, [{ provider, game }]);
      });
      this.waiters.announce(routingVersion);
      await this.target.remove(spec, fencingToken);
    }
    return { kind: 'retired', version };
  }

  private async stop(spec: WorkloadSpec, fencingToken: number): Promise<void> {
    await this.target.remove(spec, fencingToken);
    await this.workloads.stopped(this.dataSource.manager, spec);
  }
}

function specOf(release: ReleaseRecord, environment: DeploymentEnvironment): WorkloadSpec {
  const { digest, manifestUrl, manifest } = release;
  return { environment, digest, manifestUrl, manifest };
}
