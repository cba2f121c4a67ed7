import { currentStep } from '@croupier/rollout';
import { binomial } from '../clockwork/counts';
import { subjectOf } from '../scenario/game-version';
import type { Setting } from '../setting';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { TelemetryLog } from '../stores/telemetry-log';
import type { Truth } from './gateway';

const REPORT_EVERY_MS = 500;

/** Another system that counts what the gateways cannot see, and posts it for each release that asks for it. */
export class DepositReports {
  private reports = 0;

  constructor(
    private readonly setting: Setting,
    private readonly ledger: ReleaseLedger,
    private readonly telemetry: TelemetryLog,
    private readonly truth: Truth,
  ) {}

  start(): void {
    this.setting.time.after(REPORT_EVERY_MS, () => {
      this.report();
      this.start();
    });
  }

  private report(): void {
    const { random, weather } = this.setting;
    for (const { release } of this.ledger.all()) {
      const { plan } = release.state;
      const isAsked = plan.analysis.metrics.some(({ name }) => name === 'deposits');
      const hasTraffic = plan.strategy === 'flag' || release.firstRoutingVersion !== null;
      if (!isAsked || !hasTraffic || currentStep(release.state) === null) continue;
      const judged = plan.strategy === 'flag' ? plan.stableVersion : plan.version;
      const canary = this.count(subjectOf(plan), judged);
      const stable = plan.strategy === 'flag' ? NONE : this.count(subjectOf(plan), plan.stableVersion);
      const isLate = random.chance(weather.now.badPost);
      this.telemetry.insert(
        {
          kind: 'observation',
          id: `deposits/${(this.reports += 1)}`,
          releaseId: release.id,
          startedAt: this.setting.time.now - REPORT_EVERY_MS,
          metric: 'deposits',
          canary,
          stable,
        },
        isLate ? random.between(5, 1_000) : 0,
      );
    }
  }

  private count(subject: string, version: string | null): typeof NONE {
    const conduct = version === null ? null : this.truth.conductOf(subject, version);
    if (!conduct?.answers) return NONE;
    const trials = this.setting.random.between(10, 60);
    return { trials, failures: binomial(this.setting.random, trials, conduct.deposits) };
  }
}

const NONE = { trials: 0, failures: 0 };
