import type { MetricEvidence } from '@croupier/contracts';
import { blastRadius, type BlastRadius, type Budget, type Spent } from './blast-radius';
import { breachLogEvidence } from './breach-test';
import { healthLogEvidence } from './health-test';
import { requireShare, type Tally } from './tally';

/** A share that must stay under `nullRate`, in (0,1): 0.01 of requests may fail, 0.05 may be slow. */
export interface MetricRule {
  readonly name: string;
  readonly nullRate: number;
}

/** What a rollout is judged by; at least one metric. */
export interface JudgePolicy {
  readonly metrics: readonly MetricRule[];
  /** Chance that a rollout with every rate within its limit is ever called breached, split equally over metrics. */
  readonly alpha: number;
  /** Chance that a step is called healthy although a rate is at or over its limit. */
  readonly beta: number;
  readonly budget?: Budget | undefined;
}

/** One metric's counts. */
export interface MetricTallies {
  /** Since the canary first got traffic. */
  readonly rollout: Tally;
  /** Since this step began. */
  readonly step: Tally;
}

export type TalliesByMetric = ReadonlyMap<string, MetricTallies> | Readonly<Record<string, MetricTallies>>;

export interface Verdict {
  readonly kind: 'breached' | 'healthy' | 'undecided';
  /** In the order of the policy. Counts and observed rate are the rollout's; the rate is 0 before the first trial. */
  readonly metrics: MetricEvidence[];
  readonly blastRadius: BlastRadius;
}

const NO_TRAFFIC: MetricTallies = { rollout: { trials: 0, failures: 0 }, step: { trials: 0, failures: 0 } };
const NOTHING_SPENT: Spent = { failedRequests: 0, playersTouched: 0 };

/**
 * Judges a canary by all that is known of it. Breached wins: one metric's breach evidence over the rollout, or a spent
 * budget, is enough. Healthy needs every metric's health evidence over the step. A metric without tallies
 * has had no traffic and decides nothing.
 *
 * The rollout's false alarms stay under alpha by the union bound. A step needs no such split: it passes
 * falsely only if the very metric that is at fault does.
 *
 * @throws RangeError naming the field that is out of range
 */
export function judge(policy: JudgePolicy, tallies: TalliesByMetric, spent: Spent = NOTHING_SPENT): Verdict {
  requireShare('alpha', policy.alpha);
  requireShare('beta', policy.beta);
  if (policy.metrics.length === 0) throw new RangeError('metrics must name at least one metric');
  const tallyOf = isMap(tallies) ? tallies : new Map(Object.entries(tallies));
  const metrics = policy.metrics.map((rule) => weigh(rule, tallyOf.get(rule.name) ?? NO_TRAFFIC, policy));
  const cost = blastRadius(spent, policy.budget ?? {});
  return { kind: decide(metrics, cost), metrics, blastRadius: cost };
}

/** Whether this metric alone is enough to roll back. */
export function isBreached(metric: MetricEvidence): boolean {
  return metric.breachLogEvidence >= metric.breachThreshold;
}

/** Whether this metric would let the step pass. */
export function isHealthy(metric: MetricEvidence): boolean {
  return metric.healthLogEvidence >= metric.healthThreshold;
}

function decide(metrics: MetricEvidence[], cost: BlastRadius): Verdict['kind'] {
  if (cost.kind === 'spent' || metrics.some(isBreached)) return 'breached';
  return metrics.every(isHealthy) ? 'healthy' : 'undecided';
}

function weigh(rule: MetricRule, { rollout, step }: MetricTallies, policy: JudgePolicy): MetricEvidence {
  const { name, nullRate } = rule;
  const { trials, failures } = rollout;
  return {
    name,
    trials,
    failures,
    observedRate: trials === 0 ? 0 : failures / trials,
    nullRate,
    breachLogEvidence: breachLogEvidence(rollout, { nullRate }),
    breachThreshold: Math.log(policy.metrics.length / policy.alpha),
    healthLogEvidence: healthLogEvidence(step, { nullRate }),
    healthThreshold: -Math.log(policy.beta),
  };
}

function isMap(tallies: TalliesByMetric): tallies is ReadonlyMap<string, MetricTallies> {
  return tallies instanceof Map;
}
