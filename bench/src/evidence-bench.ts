import {
  advanceRelative,
  breachLogEvidence,
  judge,
  NOT_COMPARED,
  type JudgePolicy,
  type RelativeState,
} from '@croupier/analysis';
import type { Bench, BenchResult } from './bench';
import { ratesOf } from './rate';

const NULL_RATE = 0.01;
const POLICY: JudgePolicy = {
  metrics: [
    { name: 'errors', nullRate: NULL_RATE },
    { name: 'slow', nullRate: 0.05 },
  ],
  alpha: 0.001,
  beta: 0.05,
};
/** As many as are to run at once, each judged every second. */
const ROLLOUTS = 10_000;

/** One more window of both metrics compared with stable, and the verdict on all of it. */
function judgement(): (turn: number) => unknown {
  let relative: RelativeState = NOT_COMPARED;
  return (turn) => {
    const block = { canary: { trials: 20, failures: turn % 5 }, stable: { trials: 380, failures: 2 } };
    relative = advanceRelative(turn === 0 ? NOT_COMPARED : relative, block, { margin: NULL_RATE / 2 });
    const tallies = { rollout: relative.canary, step: relative.canary, stable: relative.stable, relative };
    advanceRelative(relative, block, { margin: NULL_RATE / 2 });
    return judge(POLICY, { errors: tallies, slow: tallies });
  };
}

/** The evidence of one metric, beside the cheapest thing a judge could compute from the same counts. */
export const evidenceBench: Bench = {
  name: 'evidence',
  description: 'breach tests per second, by sample size, and whole judgements of two metrics',
  run(): BenchResult {
    const breachAt = (trials: number) => (turn: number) =>
      breachLogEvidence(
        { trials, failures: Math.round(trials * 0.008) + (turn % 7) },
        { nullRate: NULL_RATE },
      );
    const rates = ratesOf({
      logLikelihoodRatio: (turn: number) =>
        turn * Math.log(0.02 / NULL_RATE) + (1_000 - turn) * Math.log(0.98 / 0.99),
      trials1000: breachAt(1_000),
      trials1000000: breachAt(1_000_000),
      judgements: judgement(),
    });
    return {
      figures: rates,
      ratios: [
        // 10,000 rollouts of two metrics, judged each second on one core, take a tenth of it.
        {
          name: 'evaluations per second over 200,000',
          value: rates.trials1000 / 200_000,
          goal: { atLeast: 1 },
        },
        {
          name: 'a million trials over a thousand',
          value: rates.trials1000000 / rates.trials1000,
          goal: { atLeast: 0.05 },
        },
        {
          name: 'judgements per second over 10,000',
          value: rates.judgements / ROLLOUTS,
          goal: { atLeast: 10 },
        },
      ],
    };
  },
};
