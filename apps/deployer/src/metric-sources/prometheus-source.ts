import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics, PeriodicTask } from '@croupier/service-kit';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { MetricFault, SourceFault } from './faults';
import { inParallel } from './in-parallel';
import { PrometheusClient } from './prometheus-client';
import { PrometheusConfig } from './prometheus-config';
import { answerOf, promQlOf, questionOf, type Answer } from './question';
import { advance, NOTHING, type Account, type Counted, type Totals } from './running-totals';
import { TotalsRepository, type DueMetric, type Look } from './totals-repository';

/** Metrics claimed, and stored, together. */
const BATCH = 200;
/** Questions to Prometheus at a time, of one replica. */
const QUESTIONS_AT_ONCE = 16;
/** After a replica dies with it, others ask for a metric. No more are asked for when it is over. */
const CLAIM_MS = 5_000;
/** Of the interval: a tick that is a little early finds its metrics due. */
const REST_SHARE = 1 / 2;

/** Counts the metrics of releases in traffic whose source is `prometheus`. */
@Injectable()
export class PrometheusSource implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PrometheusSource.name);
  private readonly failures;
  private cursor: string | null = null;
  private isAway = false;
  private readonly task = new PeriodicTask(this.logger, 'Metrics of Prometheus wait', () =>
    this.lookAtAllDue(),
  );

  constructor(
    private readonly totals: TotalsRepository,
    private readonly prometheus: PrometheusClient,
    private readonly loop: OrchestrationLoop,
    private readonly config: PrometheusConfig,
    metrics: Metrics,
  ) {
    this.failures = metrics.counter({
      name: 'metric_source_failures_total',
      help: 'Looks at a metric of a release that counted nothing because the source failed',
      labelNames: ['source'],
    });
  }

  onApplicationBootstrap(): void {
    this.task.start(this.config.intervalMs);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  /** Looks at everything that is due. Turns do not overlap: who comes during one waits for its end. */
  turn(): Promise<void> {
    return this.task.run();
  }

  private async lookAtAllDue(): Promise<void> {
    let isMore: boolean;
    do {
      this.cursor = await this.totals.follow(this.cursor);
      const due = await this.totals.claim(BATCH, CLAIM_MS);
      const looks = await this.lookAt(due);
      const counted = await this.totals.store(looks, this.config.intervalMs * REST_SHARE);
      if (counted > 0) this.loop.wake();
      isMore = due.length === BATCH && !this.isAway && !this.task.isStopped;
    } while (isMore);
  }

  private async lookAt(due: readonly DueMetric[]): Promise<Look[]> {
    const claimedUntil = performance.now() + CLAIM_MS;
    let answers = 0;
    let away: SourceFault | null = null;
    const looks = await inParallel(due, QUESTIONS_AT_ONCE, async (metric) => {
      if (away !== null || this.task.isStopped || performance.now() > claimedUntil) return unchanged(metric);
      try {
        const look = this.counted(metric, await this.ask(metric));
        answers += 1;
        return look;
      } catch (error) {
        this.failures.inc({ source: 'prometheus' });
        if (error instanceof MetricFault) return this.told(unchanged(metric), metric, error.message);
        if (!(error instanceof SourceFault)) throw error;
        away = error;
        return unchanged(metric);
      }
    });
    this.noteWhetherAway(away, answers);
    return looks;
  }

  private async ask({ plan, metric }: DueMetric): Promise<Answer> {
    const source = plan.analysis.metrics.find(({ name }) => name === metric)?.source;
    if (source?.kind !== 'prometheus') throw new MetricFault('the plan has no such metric');
    const question = questionOf(plan, source);
    return answerOf(question, await this.prometheus.instant(promQlOf(question)));
  }

  private counted(metric: DueMetric, answer: Answer): Look {
    const canary = goneOn(metric.accounts.canary, answer.canary);
    const stable = goneOn(metric.accounts.stable, answer.stable);
    const look = {
      ...unchanged(metric),
      accounts: { canary: canary.account, stable: stable.account },
      canary: canary.counted,
      stable: stable.counted,
    };
    return this.told(look, metric, answer.missing);
  }

  /** Said once, by whichever replica notices, until it is right or something else is wrong. */
  private told(look: Look, { plan, metric, told }: DueMetric, wrong: string | null): Look {
    if (wrong !== null && wrong !== told)
      this.logger.warn(`${plan.provider}/${plan.game} ${plan.version}, metric ${metric}: ${wrong}`);
    return { ...look, told: wrong };
  }

  /** Said once, and once more when it is over. */
  private noteWhetherAway(away: SourceFault | null, answers: number): void {
    // As a service stops, it is the calls that end and not Prometheus.
    if (this.task.isStopped) return;
    if (away !== null && !this.isAway)
      this.logger.warn(`Prometheus cannot be asked, and what it counts is not judged: ${away.message}`);
    if (away === null && this.isAway && answers > 0) this.logger.log('Prometheus answers again');
    if (away !== null || answers > 0) this.isAway = away !== null;
  }
}

function unchanged({ plan: _, ...due }: DueMetric): Look {
  return { ...due, canary: NOTHING, stable: NOTHING };
}

function goneOn(
  before: Account | null,
  totals: Totals | null,
): { readonly account: Account | null; readonly counted: Counted } {
  return totals === null ? { account: before, counted: NOTHING } : advance(before, totals);
}
