import type { Decision, Judge } from '../decision';
import type { Counts } from '../trace';
import { WINDOWS_PER_MINUTE } from '../traffic';
import { LIMITS, STEPS } from './limits';

/**
 * Flagger by its documentation: every interval (60 s) the metrics of the last minute are checked, `request-success-rate`
 * at least 99 and a p95 duration of at most 200 ms. A check without values is a failed one. The canary is rolled back
 * `interval * threshold` after it began to fail, and promoted after as many passed checks as there are steps.
 *
 * https://docs.flagger.app/usage/how-it-works#canary-analysis, https://docs.flagger.app/usage/deployment-strategies,
 * https://docs.flagger.app/usage/metrics. In its favour: metrics are there without a scrape's delay, and a rollback
 * comes with the last failed check, not with the check after it.
 *
 * @param threshold the most failed checks before rollback; failed checks add up over the whole analysis
 */
export function flagger(threshold: number): Judge {
  return {
    name: `Flagger, threshold ${threshold}`,
    decide(trace): Decision {
      let [failed, passed] = [0, 0];
      for (let minute = 0; ; minute += 1) {
        const window = (minute + 1) * WINDOWS_PER_MINUTE;
        if (passesCheck(trace.canaryMinute(minute))) passed += 1;
        else failed += 1;
        if (failed >= threshold) return { kind: 'rolled-back', window };
        if (passed >= STEPS) return { kind: 'promoted', window };
      }
    },
  };
}

function passesCheck({ requests, errors, slow }: Counts): boolean {
  return requests > 0 && errors <= LIMITS.errors * requests && slow <= LIMITS.slow * requests;
}
