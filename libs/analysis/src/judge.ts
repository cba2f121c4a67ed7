import type { MetricEvidence } from '@croupier/contracts';
import { blastRadius, type BlastRadius, type Budget, type Spent } from './blast-radius';
import {
  isBreached,
  isHealthy,
  isIncident,
  requireRule,
  weigh,
  type MetricRule,
  type MetricTallies,
  type Thresholds,
} from './metric-evidence';
import { requireShare } from './tally';

/** What a rollout is judged by; at least one metric. */
export interface JudgePolicy {
  readonly metrics: readonly MetricRule[];
  /**
   * Chance that a rollout with every rate within its limit and within its margin over stable's is ever called breached:
   * split equally over metrics, and in each over its two tests.
   */
  readonly alpha: number;
  /** Chance that a step is called healthy although a rate is at or over its limit. */
  readonly beta: number;
  readonly budget?: Budget | undefined;
}

export type TalliesByMetric = ReadonlyMap<string, MetricTallies> | Readonly<Record<string, MetricTallies>>;

export interface Verdict {
  /** `incident`: the limit is passed by stable as well, so that going back to it would mend nothing. */
  readonly kind: 'breached' | 'incident' | 'healthy' | 'undecided';
  /** In the order of the policy. Counts and observed rate are the rollout's; the rate is 0 before the first trial. */
  readonly metrics: MetricEvidence[];
  readonly blastRadius: BlastRadius;
}

/** Of a metric's alpha; the comparison with stable has the rest. Outages breach, and an outage is what costs. */
const BREACH_SHARE = 3 / 4;

const NO_TRAFFIC: MetricTallies = { rollout: { trials: 0, failures: 0 }, step: { trials: 0, failures: 0 } };
const NOTHING_SPENT: Spent = { failedRequests: 0, playersTouched: 0 };

/**
 * Judges a canary by all that is known of it. Breached wins: one metric that is surely over its limit or surely worse
 * than stable, or a spent budget, is enough. A metric over its limit in both versions alike is an incident, and is not
 * blamed on the canary. Healthy needs every metric's health evidence over the step. A metric without tallies
 * has had no traffic and decides nothing.
 *
 * The rollout's false alarms stay under alpha by the union bound over metrics and tests, however often one looks and
 * in whatever order windows come. A step needs no such split: it passes falsely only if the very metric that is at
 * fault does. Stable excuses the canary at the level beta, a bar that it passes first when an incident hits both.
 *
 * The policy is plain data and may differ from step to step; every limit that is changed on the way is one more
 * question, and may cost one more alpha.
 *
 * @throws RangeError naming the field that is out of range
 */
export function judge(policy: JudgePolicy, tallies: TalliesByMetric, spent: Spent = NOTHING_SPENT): Verdict {
  const thresholds = thresholdsOf(policy);
  const metrics = policy.metrics.map((rule) => {
    requireRule(rule);
    return weigh(rule, talliesOf(tallies, rule.name), thresholds);
  });
  const cost = blastRadius(spent, policy.budget ?? {});
  return { kind: decide(metrics, cost), metrics, blastRadius: cost };
}

function thresholdsOf({ metrics, alpha, beta }: JudgePolicy): Thresholds {
  requireShare('alpha', alpha);
  requireShare('beta', beta);
  if (metrics.length === 0) throw new RangeError('metrics must name at least one metric');
  const oneOf = Math.log(metrics.length / alpha);
  return {
    breach: oneOf - Math.log(BREACH_SHARE),
    relative: oneOf - Math.log(1 - BREACH_SHARE),
    incident: -Math.log(beta),
    health: -Math.log(beta),
  };
}

function decide(metrics: MetricEvidence[], cost: BlastRadius): Verdict['kind'] {
  if (cost.kind === 'spent' || metrics.some(isBreached)) return 'breached';
  if (metrics.some(isIncident)) return 'incident';
  return metrics.every(isHealthy) ? 'healthy' : 'undecided';
}

function talliesOf(tallies: TalliesByMetric, name: string): MetricTallies {
  if (isMap(tallies)) return tallies.get(name) ?? NO_TRAFFIC;
  return (Object.hasOwn(tallies, name) ? tallies[name] : undefined) ?? NO_TRAFFIC;
}

function isMap(tallies: TalliesByMetric): tallies is ReadonlyMap<string, MetricTallies> {
  return tallies instanceof Map;
}
