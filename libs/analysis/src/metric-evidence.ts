import type { MetricEvidence } from '@croupier/contracts';
import { breachLogEvidence } from './breach-test';
import { healthLogEvidence } from './health-test';
import type { RelativeState } from './relative-test';
import { requireShare, requireTally, type Tally } from './tally';

/** A share that must stay under `nullRate`, in (0,1): 0.01 of requests may fail, 0.05 may be slow. */
export interface MetricRule {
  readonly name: string;
  readonly nullRate: number;
  /** By how much the canary's share may exceed stable's, in [0,1). Half the null rate unless set. */
  readonly margin?: number | undefined;
}

/** One metric's counts. */
export interface MetricTallies {
  /** Since the canary first got traffic. */
  readonly rollout: Tally;
  /** Since this step began. */
  readonly step: Tally;
  /** The stable version's, in the windows of `rollout`. */
  readonly stable?: Tally | undefined;
  /** The comparison of both so far, advanced with the rule's margin. */
  readonly relative?: RelativeState | undefined;
}

/** Log evidence that decides. */
export interface Thresholds {
  readonly breach: number;
  readonly relative: number;
  readonly incident: number;
  readonly health: number;
}

/** The margin that a metric's comparison is to be advanced with. */
export function marginOf({ nullRate, margin = nullRate / 2 }: MetricRule): number {
  return margin;
}

/** All that is known of one metric. The observed rate is 0 before the first trial. */
export function weigh(rule: MetricRule, tallies: MetricTallies, thresholds: Thresholds): MetricEvidence {
  const { name, nullRate } = rule;
  const { rollout, step, stable, relative } = tallies;
  const { trials, failures } = rollout;
  return {
    name,
    trials,
    failures,
    observedRate: trials === 0 ? 0 : failures / trials,
    nullRate,
    breachLogEvidence: breachLogEvidence(rollout, { nullRate }),
    breachThreshold: thresholds.breach,
    healthLogEvidence: healthLogEvidence(step, { nullRate }),
    healthThreshold: thresholds.health,
    ...(stable && weighStable(stable, nullRate, thresholds)),
    ...(relative && weighComparison(relative, rule, thresholds)),
  };
}

function weighStable(stable: Tally, nullRate: number, { incident }: Thresholds): Partial<MetricEvidence> {
  requireTally(stable, 'stable.');
  return {
    stableTrials: stable.trials,
    stableFailures: stable.failures,
    stableLogEvidence: breachLogEvidence(stable, { nullRate }),
    incidentThreshold: incident,
  };
}

function weighComparison(
  { logEvidence }: RelativeState,
  rule: MetricRule,
  { relative }: Thresholds,
): Partial<MetricEvidence> {
  return { margin: marginOf(rule), relativeLogEvidence: logEvidence, relativeThreshold: relative };
}

/** Whether the canary is surely over the limit, whoever is to blame. */
export function isOverLimit({ breachLogEvidence, breachThreshold }: MetricEvidence): boolean {
  return breachLogEvidence >= breachThreshold;
}

/** Whether the canary is surely worse than stable by more than the margin. */
export function isWorse({ relativeLogEvidence, relativeThreshold }: MetricEvidence): boolean {
  return reaches(relativeLogEvidence, relativeThreshold);
}

/** Whether canary and stable are both over the limit, and nothing says that the canary is the worse one. */
export function isIncident(metric: MetricEvidence): boolean {
  return (
    isOverLimit(metric) && reaches(metric.stableLogEvidence, metric.incidentThreshold) && !isWorse(metric)
  );
}

/** Whether this metric alone is enough to roll back. */
export function isBreached(metric: MetricEvidence): boolean {
  return isWorse(metric) || (isOverLimit(metric) && !isIncident(metric));
}

/** Whether this metric would let the step pass. */
export function isHealthy({ healthLogEvidence, healthThreshold }: MetricEvidence): boolean {
  return healthLogEvidence >= healthThreshold;
}

/** @throws RangeError naming the field that is out of range */
export function requireRule(rule: MetricRule): void {
  requireShare('nullRate', rule.nullRate);
  const margin = marginOf(rule);
  if (!(margin >= 0 && margin < 1)) throw new RangeError(`margin must lie in [0,1), not ${margin}`);
}

function reaches(logEvidence: number | undefined, threshold: number | undefined): boolean {
  return logEvidence !== undefined && threshold !== undefined && logEvidence >= threshold;
}
