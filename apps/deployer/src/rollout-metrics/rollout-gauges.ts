import { Injectable } from '@nestjs/common';
import type { MetricEvidence } from '@croupier/contracts';
import type { StoredRelease } from '@croupier/orchestrator';
import type { ReleasePlan, RolloutEvent } from '@croupier/rollout';
import { Metrics } from '@croupier/service-kit';
import { EndedReleases } from './ended-releases';
import { gatewayMetric, JudgedRates, type Judged } from './judged-rates';
import { StandingReleases, type RolloutUnderWay } from './standing-releases';

const NAMES = ['provider', 'game', 'version'] as const;

type Named = Pick<ReleasePlan, (typeof NAMES)[number]>;

/** Rollouts under way and the last that ended: a series begins and ends with what it tells of. */
@Injectable()
export class RolloutGauges {
  private readonly ended = new EndedReleases();

  constructor(
    private readonly metrics: Metrics,
    private readonly standing: StandingReleases,
    private readonly rates: JudgedRates,
  ) {
    this.tellRollouts();
    this.tellRates();
    this.tellEnded();
    this.tellQueue();
  }

  judged({ state }: StoredRelease, evidence: readonly MetricEvidence[]): void {
    this.rates.judged(state.plan, evidence, Date.now());
  }

  decided({ id, state: { plan } }: StoredRelease, events: readonly RolloutEvent[]): void {
    for (const { type, at } of events) {
      if (type === 'rollout.promoted')
        this.ended.add({ plan, at, outcome: 'promoted', judged: this.rates.end(id) });
      if (type === 'rollout.rolled_back')
        this.ended.add({ plan, at, outcome: 'rolled-back', judged: this.rates.end(id) });
      if (type === 'release.failed') this.ended.add({ plan, at, outcome: 'failed', judged: null });
    }
  }

  private tellRollouts(): void {
    const gauge = (name: string, help: string, valueOf: (rollout: RolloutUnderWay) => number | null): void =>
      this.metrics.readAtScrape({
        name,
        help,
        labelNames: NAMES,
        read: async () =>
          (await this.standing.underWay()).flatMap((rollout) => reading(named(rollout), valueOf(rollout))),
      });
    gauge('canary_weight_percent', 'Largest share of traffic set in any market', (r) => r.weightPercent);
    gauge('rollout_step', 'Step under way, from 1', (r) => r.step);
    gauge('rollout_steps', 'Steps of the plan', (r) => r.steps);
    gauge('rollout_step_age_seconds', 'Since the step under way took hold', (r) => r.stepAgeSeconds);
  }

  private tellRates(): void {
    this.metrics.readAtScrape({
      name: 'canary_error_rate',
      help: 'Share of failed requests of the canary since it first got traffic',
      labelNames: NAMES,
      read: () =>
        this.ofJudged(({ plan, evidence }) => {
          const errors = evidence.find(({ name }) => name === gatewayMetric(plan, 'errors'));
          return errors && errors.trials > 0 ? reading(named(plan), errors.observedRate) : [];
        }),
    });
    this.metrics.readAtScrape({
      name: 'rollout_observed_ratio',
      help: 'Share of bad requests by each metric of the plan, of canary and stable at the same time',
      labelNames: [...NAMES, 'metric', 'role'],
      limit: 1_000,
      read: () =>
        this.ofJudged(({ plan, evidence }) =>
          evidence.flatMap((metric) => [
            ...reading({ ...named(plan), metric: metric.name, role: 'canary' }, canaryRate(metric)),
            ...reading({ ...named(plan), metric: metric.name, role: 'stable' }, stableRate(metric)),
          ]),
        ),
    });
    this.metrics.readAtScrape({
      name: 'rollout_evidence_ratio',
      help: 'Evidence gathered as a share of what a verdict takes: 1 is a breach, or health',
      labelNames: [...NAMES, 'metric', 'result'],
      limit: 1_000,
      read: () =>
        this.ofJudged(({ plan, evidence }) =>
          evidence.flatMap((metric) => [
            ...reading(
              { ...named(plan), metric: metric.name, result: 'breach' },
              share(metric.breachLogEvidence, metric.breachThreshold),
            ),
            ...reading(
              { ...named(plan), metric: metric.name, result: 'health' },
              share(metric.healthLogEvidence, metric.healthThreshold),
            ),
          ]),
        ),
    });
  }

  private tellEnded(): void {
    this.metrics.readAtScrape({
      name: 'release_ended_timestamp_seconds',
      help: 'When the last releases ended, and how',
      labelNames: [...NAMES, 'outcome'],
      read: async () =>
        this.ended.all().flatMap(({ plan, outcome, at }) => reading({ ...named(plan), outcome }, at / 1000)),
    });
    this.metrics.readAtScrape({
      name: 'release_observed_ratio',
      help: 'Share of bad requests of the last releases, before them (stable) and with them (canary)',
      labelNames: [...NAMES, 'metric', 'when'],
      limit: 1_000,
      read: async () =>
        this.ended
          .all()
          .flatMap(({ plan, judged }) =>
            (judged?.evidence ?? []).flatMap((metric) => [
              ...reading({ ...named(plan), metric: metric.name, when: 'before' }, stableRate(metric)),
              ...reading({ ...named(plan), metric: metric.name, when: 'after' }, canaryRate(metric)),
            ]),
          ),
    });
  }

  private tellQueue(): void {
    this.metrics.readAtScrape({
      name: 'releases_unfinished',
      help: 'Releases that something is still to be done for, by status',
      labelNames: ['status'],
      read: async () =>
        (await this.standing.byStatus()).map(({ status, count }) => ({ labels: { status }, value: count })),
    });
    this.metrics.readAtScrape({
      name: 'releases_oldest_age_seconds',
      help: 'Age of the oldest release of each status that is not finished',
      labelNames: ['status'],
      read: async () =>
        (await this.standing.byStatus()).map(({ status, oldestSeconds }) => ({
          labels: { status },
          value: oldestSeconds,
        })),
    });
  }

  /** Of what this replica has judged, that which is under way: an operator's abort may have come to another replica. */
  private async ofJudged<Reading>(readingsOf: (judged: Judged) => Reading[]): Promise<Reading[]> {
    const underWay = new Set((await this.standing.underWay()).map(({ id }) => id));
    return this.rates
      .recent(Date.now())
      .filter(({ plan }) => underWay.has(plan.releaseId))
      .flatMap(readingsOf);
  }
}

function named({ provider, game, version }: Named): Named {
  return { provider, game, version };
}

function reading<Labels>(
  labels: Labels,
  value: number | null,
): { readonly labels: Labels; readonly value: number }[] {
  return value === null ? [] : [{ labels, value }];
}

function canaryRate({ trials, observedRate }: MetricEvidence): number | null {
  return trials > 0 ? observedRate : null;
}

function stableRate({ stableTrials = 0, stableFailures = 0 }: MetricEvidence): number | null {
  return stableTrials > 0 ? stableFailures / stableTrials : null;
}

function share(evidence: number, threshold: number): number | null {
  const ratio = evidence / threshold;
  return Number.isFinite(ratio) ? Math.max(0, ratio) : null;
}
