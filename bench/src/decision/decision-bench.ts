import type { Bench, BenchResult } from '../bench';
import { figuresOf } from './figures';
import { goalsOf } from './goals';
import { drawingOf } from './drawing/drawing';
import { measure, type Sizes } from './report';
import { measureSwitchTime, switchGoal } from './switch-time';
import { tableOf } from './table';

const SIZES: Sizes = {
  atLimitEach: 10_000,
  atHalfEach: 15_000,
  regressionsEach: 200,
  streams: 2000,
  peers: 1000,
  others: 500,
};

/** The judge beside those of Flagger, Argo Rollouts and Kayenta on the same simulated rollouts. */
export const decisionBench: Bench = {
  name: 'decision',
  description: 'decisions about simulated canaries, beside Flagger, Argo Rollouts and Kayenta',
  async run(): Promise<BenchResult> {
    const report = measure(SIZES);
    const switchTime = await measureSwitchTime();
    return {
      figures: { ...figuresOf(report), switchP99Ms: switchTime.p99Ms },
      ratios: [...goalsOf(report), switchGoal(switchTime)],
      table: () => tableOf(report),
      drawing: () => drawingOf(report),
    };
  },
};
