import {
  advanceRelative,
  breachLogEvidence,
  healthLogEvidence,
  judge,
  marginOf,
  NOT_COMPARED,
  type JudgePolicy,
  type MetricTallies,
  type RelativeState,
  type Tally,
  type Verdict,
} from '@croupier/analysis';
import type { Decision, Judge } from '../decision';
import type { Counts, Trace } from '../trace';
import { WINDOWS_PER_MINUTE } from '../traffic';
import { Boundary } from './boundary';
import { LIMITS, STEPS } from './limits';

/** The platform's defaults. */
export const POLICY: JudgePolicy = {
  metrics: [
    { name: 'errors', nullRate: LIMITS.errors },
    { name: 'slow', nullRate: LIMITS.slow },
  ],
  alpha: 0.001,
  beta: 0.05,
};
const STEP_WINDOWS = WINDOWS_PER_MINUTE;
const STEP_REQUESTS = 100;

/** Nobody waits longer for a decision: as long as Kayenta's canary lives. */
const MOST_WINDOWS = 180 * WINDOWS_PER_MINUTE;

type Kind = 'errors' | 'slow';

interface Metric {
  readonly kind: Kind;
  readonly margin: number;
  readonly relativeThreshold: number;
  readonly breach: Boundary;
  readonly unhealthy: Boundary;
}

const METRICS = metricsOf(POLICY);

export interface CroupierDecision extends Decision {
  /** When an incident that hits both versions was first told, if ever. */
  readonly incidentAt: number | null;
  /** The one that ended the rollout. */
  readonly verdict: Verdict | null;
}

/**
 * The platform's own judge, asked after every telemetry window; steps pass as they do in the rollout. The verdict is
 * always that of `judge`. It is not asked while tables of its own tests show that it could not decide anything.
 */
export const croupier = {
  name: 'Croupier',
  decide(trace, mostWindows = MOST_WINDOWS): CroupierDecision {
    let relative: RelativeState[] = METRICS.map(() => NOT_COMPARED);
    let [steps, stepStart] = [0, 0];
    let incidentAt: number | null = null;
    for (let window = 1; window <= mostWindows; window += 1) {
      const canary = trace.canary(0, window);
      relative = compare(relative, trace, window);
      const step = trace.canary(stepStart, window);
      const isPassable = window - stepStart >= STEP_WINDOWS && step.requests >= STEP_REQUESTS;
      if (!mayBreach(canary, relative) && !(isPassable && isHealthy(step))) continue;
      const stable = trace.stable(0, window);
      const verdict = judge(POLICY, talliesOf(canary, step, stable, relative));
      if (verdict.kind === 'breached') return { kind: 'rolled-back', window, incidentAt, verdict };
      if (verdict.kind === 'incident') incidentAt ??= window;
      if (verdict.kind !== 'healthy' || !isPassable) continue;
      [steps, stepStart] = [steps + 1, window];
      if (steps === STEPS) return { kind: 'promoted', window, incidentAt, verdict };
    }
    return { kind: 'undecided', window: mostWindows, incidentAt, verdict: null };
  },
} satisfies Judge;

/** The fewest errors, or slow requests, with which the judge calls a canary over its limit. */
export function breachBoundary(kind: Kind): Boundary {
  return METRICS.find((metric) => metric.kind === kind)!.breach;
}

function compare(states: RelativeState[], trace: Trace, window: number): RelativeState[] {
  const canary = trace.canary(window - 1, window);
  const stable = trace.stable(window - 1, window);
  return METRICS.map(({ kind, margin }, index) =>
    advanceRelative(states[index]!, { canary: tally(canary, kind), stable: tally(stable, kind) }, { margin }),
  );
}

function mayBreach(canary: Counts, relative: readonly RelativeState[]): boolean {
  return METRICS.some(
    ({ kind, breach, relativeThreshold }, index) =>
      canary[kind] >= breach.at(canary.requests) || relative[index]!.logEvidence >= relativeThreshold,
  );
}

function isHealthy(step: Counts): boolean {
  return METRICS.every(({ kind, unhealthy }) => step[kind] < unhealthy.at(step.requests));
}

function talliesOf(
  canary: Counts,
  step: Counts,
  stable: Counts,
  relative: readonly RelativeState[],
): Record<string, MetricTallies> {
  return Object.fromEntries(
    METRICS.map(({ kind }, index) => [
      kind,
      {
        rollout: tally(canary, kind),
        step: tally(step, kind),
        stable: tally(stable, kind),
        relative: relative[index],
      },
    ]),
  );
}

function tally(counts: Counts, kind: Kind): Tally {
  return { trials: counts.requests, failures: counts[kind] };
}

/** Tables by the thresholds that the judge itself states. */
function metricsOf(policy: JudgePolicy): Metric[] {
  const none = { trials: 0, failures: 0 };
  const uncompared = { rollout: none, step: none, stable: none, relative: NOT_COMPARED };
  const { metrics } = judge(policy, { errors: uncompared, slow: uncompared });
  return metrics.map(({ name, nullRate, breachThreshold, healthThreshold, relativeThreshold }) => ({
    kind: name as Kind,
    margin: marginOf(policy.metrics.find((rule) => rule.name === name)!),
    relativeThreshold: relativeThreshold!,
    breach: new Boundary((tallied) => breachLogEvidence(tallied, { nullRate }) >= breachThreshold),
    unhealthy: new Boundary((tallied) => healthLogEvidence(tallied, { nullRate }) < healthThreshold),
  }));
}
