import type { Bench, BenchResult, Ratio } from '../bench';
import { measure, type Measured } from './measure';

const SIZES = [100, 1_000, 10_000] as const;
const DELAY_GOAL_MS = 2_000;

/** Many rollouts at once in one deployer: what each costs, and how soon a bad one loses its traffic. */
export const scaleBench: Bench = {
  name: 'scale',
  description: '100, 1,000 and 10,000 rollouts at once in one deployer',
  async run(): Promise<BenchResult> {
    const figures: Record<string, number> = {};
    const measured = new Map<number, Measured>();
    for (const size of SIZES) {
      const result = await measure(size);
      measured.set(size, result);
      figures[`cpuMicrosecondsPerRolloutSecond${size}`] = result.cpuMs * 1000;
      figures[`decisionDelayP50Ms${size}`] = result.p50Ms;
      figures[`decisionDelayP99Ms${size}`] = result.p99Ms;
      figures[`undecided${size}`] = result.undecided;
    }
    return { figures, ratios: ratiosOf(measured) };
  },
};

function ratiosOf(measured: ReadonlyMap<number, Measured>): Ratio[] {
  const of = (size: number): Measured => measured.get(size)!;
  return [
    {
      name: 'CPU per rollout at 1,000 over 100',
      value: of(1_000).cpuMs / of(100).cpuMs,
      goal: { atMost: 1 },
    },
    {
      name: 'CPU per rollout at 10,000 over 1,000',
      value: of(10_000).cpuMs / of(1_000).cpuMs,
      goal: { atMost: 1 },
    },
    {
      name: 'p99 decision delay at 10,000 over 2 s',
      value: of(10_000).p99Ms / DELAY_GOAL_MS,
      goal: { atMost: 1 },
    },
    {
      name: 'bad canaries left with traffic',
      value: SIZES.reduce((sum, size) => sum + of(size).undecided, 0),
      goal: { atMost: 0 },
    },
  ];
}
