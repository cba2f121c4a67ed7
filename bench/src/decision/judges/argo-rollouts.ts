import type { Decision, Judge } from '../decision';
import type { Trace } from '../trace';
import { WINDOWS_PER_MINUTE, WINDOWS_PER_SECOND } from '../traffic';
import { LIMITS, STEPS } from './limits';

const INTERVAL = WINDOWS_PER_MINUTE;
const LOOK_BACK = WINDOWS_PER_MINUTE;
const ERROR_RETRY = 10 * WINDOWS_PER_SECOND;
const FAILURE_LIMIT = 0;
const CONSECUTIVE_ERROR_LIMIT = 4;

interface Metric {
  readonly nullRate: number;
  readonly kind: 'errors' | 'slow';
  nextAt: number;
  failures: number;
  consecutiveErrors: number;
}

/**
 * Argo Rollouts by its documentation: an analysis in the background of the steps, with one metric for errors and one for
 * slow requests, each measured at once and then every interval (60 s) over the last minute. A measurement that fails its
 * condition counts against `failureLimit` (0), so that the first one aborts the rollout. A query without result is an
 * error, which is tried again after 10 s; more than `consecutiveErrorLimit` (4) of them in a row abort the rollout, too.
 * The run ends with the last step.
 *
 * https://argo-rollouts.readthedocs.io/en/stable/features/analysis/. In its favour: metrics are there without a
 * scrape's delay, so that the retry after 10 s sees all requests of these 10 s.
 */
export const argoRollouts: Judge = {
  name: 'Argo Rollouts',
  decide(trace): Decision {
    const metrics = (['errors', 'slow'] as const).map((kind): Metric => ({
      kind,
      nullRate: LIMITS[kind],
      nextAt: 0,
      failures: 0,
      consecutiveErrors: 0,
    }));
    const end = STEPS * WINDOWS_PER_MINUTE;
    for (;;) {
      const window = Math.min(...metrics.map(({ nextAt }) => nextAt));
      if (window > end) return { kind: 'promoted', window: end };
      for (const metric of metrics.filter(({ nextAt }) => nextAt === window)) measure(metric, trace, window);
      if (metrics.some(isOver)) return { kind: 'rolled-back', window };
    }
  },
};

function measure(metric: Metric, trace: Trace, window: number): void {
  const counts = trace.canary(Math.max(0, window - LOOK_BACK), window);
  if (counts.requests === 0) {
    metric.consecutiveErrors += 1;
    metric.nextAt = window + ERROR_RETRY;
    return;
  }
  metric.consecutiveErrors = 0;
  metric.nextAt = window + INTERVAL;
  if (counts[metric.kind] > metric.nullRate * counts.requests) metric.failures += 1;
}

function isOver({ failures, consecutiveErrors }: Metric): boolean {
  return failures > FAILURE_LIMIT || consecutiveErrors > CONSECUTIVE_ERROR_LIMIT;
}
