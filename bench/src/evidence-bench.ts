import { breachLogEvidence } from '@croupier/analysis';
import type { Bench, BenchResult } from './bench';
import { ratesOf } from './rate';

const NULL_RATE = 0.01;

/** The evidence of one metric, beside the cheapest thing a judge could compute from the same counts. */
export const evidenceBench: Bench = {
  name: 'evidence',
  description: 'breach tests per second, by sample size',
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
      ],
    };
  },
};
