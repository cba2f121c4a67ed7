import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { decide, isActive, type RolloutInput } from '@croupier/rollout';
import { compare } from 'semver';
import { RolloutJudge } from '../judging/rollout-judge';
import type { ReleaseRecord } from '../releases/release-record';
import { ReleaseRepository } from '../releases/release-repository';
import { RoutingRepository } from '../routing/routing-repository';
import { TelemetryRepository } from '../telemetry/telemetry-repository';
import { RolloutEngine } from './rollout-engine';
import { RolloutMetrics } from './rollout-metrics';

/** Telemetry wakes the loop sooner; this is for deadlines and for what other replicas did. */
const INTERVAL_MS = 500;

type Unfinished = Awaited<ReturnType<ReleaseRepository['unfinished']>>[number];

/** Looks at every release that is not finished and tells the core what it sees. */
@Injectable()
export class RolloutLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RolloutLoop.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly routing: RoutingRepository,
    private readonly telemetry: TelemetryRepository,
    private readonly judge: RolloutJudge,
    private readonly engine: RolloutEngine,
    private readonly metrics: RolloutMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), INTERVAL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.again = false;
    await this.running;
  }

  /** Runs a pass now, or once more after the one under way. */
  wake(): void {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.pass()
      .catch((error: unknown) =>
        this.logger.warn(`A pass over the rollouts failed: ${(error as Error).message}`),
      )
      .finally(() => {
        this.running = null;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  private async pass(): Promise<void> {
    const releases = await this.releases.unfinished();
    if (releases.length === 0) return;
    const everywhere = await this.telemetry.routingVersionEverywhere();
    for (const release of nextInLine(releases)) {
      const stableVersion = await this.routing.stableVersion(release.provider, release.game);
      await this.tell(release, startOrPass(release, stableVersion));
    }
    for (const release of releases) await this.observe(release, everywhere);
  }

  private async observe(release: Unfinished, routedEverywhere: number | null): Promise<void> {
    const { phase } = release.state;
    if (release.wakeAt && release.wakeAt.getTime() <= Date.now()) await this.tell(release, { kind: 'tick' });
    const confirmed =
      routedEverywhere !== null && routedEverywhere >= (release.stepRoutingVersion ?? Infinity);
    if (phase.kind === 'rolled-back' && phase.switchedAt === null && confirmed)
      await this.tell(release, { kind: 'weightConfirmed', weightPercent: 0 });
    const step = phase.kind === 'paused' ? phase.resumeTo : phase;
    if (step.kind !== 'progressing') return;
    if (step.stepStartedAt === null && confirmed)
      await this.tell(release, { kind: 'weightConfirmed', weightPercent: step.weightPercent });
    const { input, counts } = await this.judge.judge(release, step.stepIndex);
    this.metrics.judged(release, counts);
    await this.tell(release, routedEverywhere === null ? withoutTelemetry(input) : input);
  }

  /** Asks the core on what was read before it takes a lock: most looks change nothing. */
  private async tell(release: ReleaseRecord, input: RolloutInput): Promise<void> {
    if (decide(release.state, input, Date.now()).events.length > 0) await this.engine.tell(release.id, input);
  }
}

/** The lowest queued version of each subject that has no release under way. */
function nextInLine(releases: readonly Unfinished[]): Unfinished[] {
  const subjectOf = (release: Unfinished): string => `${release.provider}/${release.game}`;
  const busy = new Set(releases.filter(({ state }) => isActive(state)).map(subjectOf));
  const next = new Map<string, Unfinished>();
  for (const release of releases) {
    if (release.status !== 'queued' || busy.has(subjectOf(release))) continue;
    const other = next.get(subjectOf(release));
    if (!other || compare(release.version, other.version) < 0) next.set(subjectOf(release), release);
  }
  return [...next.values()];
}

/** A version that a newer one has overtaken in the queue is never dealt. */
function startOrPass(release: ReleaseRecord, stableVersion: string | null): RolloutInput {
  if (stableVersion === null || compare(release.version, stableVersion) > 0)
    return { kind: 'start', stableVersion };
  const reason = `${stableVersion} is stable already and newer`;
  return { kind: 'command', command: 'abort', actor: 'deployer', reason };
}

/** No gateway is alive: a breach still counts, health does not. */
function withoutTelemetry(input: RolloutInput & { readonly kind: 'judged' }): RolloutInput {
  if (input.verdict === 'breached') return input;
  return { ...input, verdict: 'no-telemetry', explanation: 'no gateway reports' };
}
