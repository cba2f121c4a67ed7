import type { RoutedVersion } from '@croupier/contracts';
import type { EffectPerformer, OutsideEffect, StoredRelease } from '@croupier/orchestrator';
import { StaleLease } from '@croupier/orchestrator';
import type { RolloutInput } from '@croupier/rollout';
import type { Replica } from '../replicas/replica';
import type { Wire } from '../replicas/wire';
import { subjectOf, type GameVersion } from '../scenario/game-version';
import type { Registry } from '../scenario/registry';
import type { Setting } from '../setting';
import type { LeaseTable } from '../stores/lease-table';
import type { RoutingDesk } from '../stores/routing-desk';
import { type DeploymentTarget, type Fence, Refused, type Workload } from './deployment-target';

export interface EffectWatch {
  /** A production workload is about to lose its routes, and then to be stopped. */
  stopping(workload: Workload): void;
  previewed(release: StoredRelease): void;
}

const HUNG: Promise<never> = new Promise(() => {});

/** Performs effects as a deployer would: in steps, each of which may fail, hang, or be done without being answered. */
export class EffectDesk {
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly setting: Setting,
    private readonly registry: Registry,
    private readonly target: DeploymentTarget,
    private readonly desk: RoutingDesk,
    private readonly leases: LeaseTable,
    private readonly watch: EffectWatch,
  ) {}

  performerOf(replica: Replica, wire: Wire): EffectPerformer {
    return {
      perform: (effect, release, token) => {
        const { partition } = release;
        this.setting.say?.(`${replica.id} performs ${effect.key} with token ${token}`);
        return this.perform(effect, release, { replica, wire, fence: { partition, token } });
      },
    };
  }

  private async perform(
    effect: OutsideEffect,
    release: StoredRelease,
    by: Performing,
  ): Promise<RolloutInput | null> {
    const { plan } = release.state;
    const artifact = this.registry.find(plan)!;
    const staging = workloadOf('staging', plan, plan.version);
    switch (effect.kind) {
      case 'deploy-staging':
        await this.deploy(effect.key, staging, artifact, by);
        return { kind: 'stagingDeployed' };
      case 'run-tests':
        await this.outside(by, () => {});
        if (!artifact.passesTests) return { kind: 'testsFailed', reason: 'spin: it answers 500' };
        return { kind: 'testsPassed', checks: ['health', 'spin'] };
      case 'stop-staging':
        await this.outside(by, () => this.target.remove(staging, by.fence));
        return null;
      case 'deploy-production':
        return this.deployProduction(effect.key, release, artifact, by);
      case 'run-preview':
        await this.outside(by, () => this.watch.previewed(release));
        if (!artifact.passesPreview) return { kind: 'previewFailed', reason: 'spin: it answers 500' };
        return { kind: 'previewPassed', checks: ['health', 'spin'] };
      case 'retire-workload':
        return this.retire(effect.version, release, by);
    }
  }

  private async deploy(
    key: string,
    workload: Workload,
    { startsUp }: GameVersion,
    { fence, ...by }: Performing,
  ): Promise<void> {
    const attempt = (this.attempts.get(key) ?? 0) + 1;
    this.attempts.set(key, attempt);
    await this.outside(by, () => {
      if (!startsUp) throw new Refused('it ends as soon as it starts');
      this.target.deploy(workload, attempt, fence);
    });
  }

  private async deployProduction(
    key: string,
    { state: { plan } }: StoredRelease,
    artifact: GameVersion,
    by: Performing,
  ): Promise<RolloutInput> {
    const { version, digest, markets } = artifact;
    await this.deploy(key, workloadOf('production', plan, version), artifact, by);
    const endpoint = `http://${plan.game}-${version}.test`;
    const manifestUrl = `${endpoint}/manifest.json`;
    const routed: RoutedVersion = { version, digest, manifestUrl, endpoint, markets: [...markets] };
    await by.wire.call(() => {
      this.fence(by.fence);
      this.desk.workloadStarted(subjectOf(plan), routed);
    });
    return { kind: 'workloadReady', endpoint };
  }

  /** The gateways stop sending sessions there before the workload ends. */
  private async retire(version: string, release: StoredRelease, by: Performing): Promise<RolloutInput> {
    const { plan } = release.state;
    const workload = workloadOf('production', plan, version);
    await by.wire.call(() => {
      this.fence(by.fence);
      if (this.desk.isDealt(subjectOf(plan), version)) throw new Refused('players are sent there again');
      this.watch.stopping(workload);
      this.desk.workloadStopping(subjectOf(plan), version);
    });
    await this.outside(by, () => this.target.remove(workload, by.fence));
    return { kind: 'retired', version };
  }

  /** A step that is done elsewhere, at one moment; its answer comes later, never, or as a failure that is none. */
  private outside({ replica }: Pick<Performing, 'replica'>, act: () => void): Promise<void> {
    const { time, random, weather } = this.setting;
    const isBad = random.chance(weather.now.badEffect);
    const fate = isBad ? random.pick(FATES) : 'done';
    if (isBad) this.setting.figures.badEffects += 1;
    const durationMs = isBad && random.chance(0.3) ? random.between(500, 1_500) : random.between(5, 120);
    if (fate === 'hangs') return HUNG;
    return new Promise<void>((resolve, reject) => {
      time.after(durationMs, () => {
        let error = fate === 'fails' ? new Refused('connection reset') : null;
        try {
          if (error === null) act();
        } catch (refusal) {
          if (!(refusal instanceof Refused)) throw refusal;
          error = refusal;
        }
        if (fate === 'done, and hangs') return;
        if (fate === 'done, and fails') error ??= new Refused('timed out');
        const answer = error;
        time.after(random.between(1, 20), () =>
          replica.deliver(() => (answer === null ? resolve() : reject(answer))),
        );
      });
    });
  }

  private fence({ partition, token }: Fence): void {
    if (!this.setting.rules.isHolder(token, this.leases.tokenOf(partition))) throw new StaleLease(partition);
  }
}

interface Performing {
  readonly replica: Replica;
  readonly wire: Wire;
  readonly fence: Fence;
}

const FATES = ['fails', 'hangs', 'done, and fails', 'done, and hangs', 'done'] as const;

function workloadOf(
  environment: Workload['environment'],
  plan: Parameters<typeof subjectOf>[0],
  version: string,
): Workload {
  return { environment, subject: subjectOf(plan), version };
}
