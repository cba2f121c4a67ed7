import type { Decision, Judge } from '../decision';
import type { Counts, Trace } from '../trace';
import { WINDOWS_PER_MINUTE } from '../traffic';
import { shiftOf } from './mann-whitney';

const INTERVAL_MINUTES = 60;
const LIFETIME_MINUTES = 180;
const TOLERANCE = 0.25;
const MARGINAL_SCORE = 75;
const PASS_SCORE = 95;

/**
 * Kayenta's default judge (NetflixACAJudge) by its documentation: each metric is a series of one sample a minute, the
 * canary's compared with that of a baseline deployment of the same size. A metric is high when the Mann-Whitney interval
 * (98 %) of the shift lies above a quarter of the estimated shift. Samples without requests are left out; without any
 * the metric has no data, and when half the metrics have none the run fails. The score is the share of passed metrics:
 * under 75 fails the canary at once, the last run has to reach 95. Three runs, an hour each, over all data so far.
 *
 * https://spinnaker.io/docs/guides/user/canary/judge/,
 * https://spinnaker.io/docs/guides/user/canary/best-practices/ (times and scores to start with, baseline, 50 samples).
 */
export const kayenta: Judge = {
  name: 'Kayenta',
  decide(trace): Decision {
    for (let minutes = INTERVAL_MINUTES; ; minutes += INTERVAL_MINUTES) {
      const window = minutes * WINDOWS_PER_MINUTE;
      const score = scoreOf(trace, minutes);
      if (score < MARGINAL_SCORE) return { kind: 'rolled-back', window };
      if (minutes >= LIFETIME_MINUTES)
        return { kind: score >= PASS_SCORE ? 'promoted' : 'rolled-back', window };
    }
  },
};

type Classification = 'pass' | 'high' | 'no data';

function scoreOf(trace: Trace, minutes: number): number {
  const canary = Array.from({ length: minutes }, (_, minute) => trace.canaryMinute(minute));
  const baseline = Array.from({ length: minutes }, (_, minute) => trace.baselineMinute(minute));
  const results = (['errors', 'slow'] as const).map((kind) =>
    classify(samples(canary, kind), samples(baseline, kind)),
  );
  const judged = results.filter((result) => result !== 'no data');
  if (judged.length <= results.length / 2) return 0;
  return (100 * judged.filter((result) => result === 'pass').length) / judged.length;
}

function samples(counts: readonly Counts[], kind: 'errors' | 'slow'): number[] {
  return counts.filter(({ requests }) => requests > 0).map((minute) => minute[kind] / minute.requests);
}

function classify(canary: readonly number[], baseline: readonly number[]): Classification {
  if (canary.length === 0 || baseline.length === 0) return 'no data';
  const { estimate, lower } = shiftOf(canary, baseline);
  return lower > TOLERANCE * Math.abs(estimate) && mean(canary) >= mean(baseline) ? 'high' : 'pass';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
