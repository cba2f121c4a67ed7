import { Injectable } from '@nestjs/common';
import { newEvent, Outbox } from '@croupier/messaging';
import type { Effect, RolloutInput } from '@croupier/rollout';
import { PipelineRunner } from '../pipelines/pipeline-runner';
import type { ReleaseRecord } from '../releases/release-record';
import {
  DeploymentTarget,
  type DeploymentEnvironment,
  type WorkloadSpec,
} from '../targets/deployment-target';
import { WorkloadRepository } from '../workloads/workload-repository';
import type { EffectOutcome } from './effect-outcome';
import { TrafficEffects } from './traffic-effects';

/** Makes one effect happen. Each is safe to repeat: targets and routing are told the end state, not the change. */
@Injectable()
export class EffectExecutor {
  constructor(
    private readonly target: DeploymentTarget,
    private readonly pipeline: PipelineRunner,
    private readonly workloads: WorkloadRepository,
    private readonly traffic: TrafficEffects,
    private readonly outbox: Outbox,
  ) {}

  async execute(effect: Effect, release: ReleaseRecord): Promise<EffectOutcome> {
    switch (effect.kind) {
      case 'deploy-staging':
        return this.deploy(release, 'staging', () => ({ kind: 'stagingDeployed' }));
      case 'run-tests':
        return this.runTests(release);
      case 'stop-staging':
        return this.stop(specOf(release, 'staging'));
      case 'request-migration':
        return this.requestMigration(release);
      case 'deploy-production':
        return this.deploy(release, 'production', (endpoint) => ({ kind: 'workloadReady', endpoint }));
      case 'set-weight':
        return this.traffic.setWeight(release, effect.weightPercent);
      case 'promote-traffic':
        return this.traffic.promote(release);
      case 'retire-workload':
        return this.traffic.retire(release, effect.version);
      default:
        return effect satisfies never;
    }
  }

  private async deploy(
    release: ReleaseRecord,
    environment: DeploymentEnvironment,
    toInput: (endpoint: string) => RolloutInput,
  ): Promise<EffectOutcome> {
    const spec = specOf(release, environment);
    const { endpoint } = await this.target.deploy(spec);
    return { store: (tx) => this.workloads.started(tx, spec, endpoint), input: toInput(endpoint) };
  }

  private async runTests(release: ReleaseRecord): Promise<EffectOutcome> {
    const { endpoint } = await this.target.deploy(specOf(release, 'staging'));
    const result = await this.pipeline.run({ endpoint, version: release.version, runId: release.id });
    return result.kind === 'passed'
      ? { input: { kind: 'testsPassed', checks: result.checks } }
      : { input: { kind: 'testsFailed', reason: `${result.check}: ${result.reason}` } };
  }

  private async stop(spec: WorkloadSpec): Promise<EffectOutcome> {
    await this.target.remove(spec);
    return { store: (tx) => this.workloads.stopped(tx, spec) };
  }

  /** The migrator answers with `migration.applied` or `migration.failed`. */
  private async requestMigration(release: ReleaseRecord): Promise<EffectOutcome> {
    const { id: releaseId, provider, game, version, digest, manifest, manifestUrl } = release;
    const sha256Of = new Map(manifest.files.map((file) => [file.path, file.sha256]));
    const migrations = manifest.migrations.flatMap((path) => {
      const sha256 = sha256Of.get(path);
      return sha256 === undefined ? [] : [{ path, url: new URL(path, manifestUrl).href, sha256 }];
    });
    const message = newEvent(
      'release.staged',
      { releaseId, provider, game, version, digest, migrations },
      { source: 'croupier/deployer', subject: `${provider}/${game}` },
    );
    return { store: (tx) => this.outbox.append(tx, message) };
  }
}

export function specOf(release: ReleaseRecord, environment: DeploymentEnvironment): WorkloadSpec {
  const { digest, manifestUrl, manifest } = release;
  return { environment, digest, manifestUrl, manifest };
}
