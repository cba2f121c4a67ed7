import type { Bench, BenchResult, Ratio } from '../bench';
import { DeployerProcess } from './deployer-process';
import { seedRollouts } from './rollouts-under-way';
import { Traffic } from './traffic';

const SIZES = [100, 1_000, 10_000] as const;
const WARM_UP_MS = 5_000;
const MEASURED_MS = 20_000;
const MOST_BAD = 200;
const DELAY_GOAL_MS = 2_000;

interface Measured {
  /** Milliseconds of CPU for one rollout in one second. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly undecided: number;
}

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

export async function measure(rollouts: number): Promise<Measured> {
  const deployer = await DeployerProcess.start();
  try {
    await seedRollouts(deployer.databaseUrl, rollouts);
    await new Traffic(deployer, rollouts).run(WARM_UP_MS, 0);
    const traffic = new Traffic(deployer, rollouts);
    const [cpuBefore, startedAt] = [await deployer.cpuSeconds(), performance.now()];
    await traffic.run(MEASURED_MS, Math.min(MOST_BAD, rollouts / 2));
    const cpuSeconds = (await deployer.cpuSeconds()) - cpuBefore;
    const seconds = (performance.now() - startedAt) / 1000;
    const delays = traffic.delaysMs.sort((a, b) => a - b);
    return {
      cpuMs: (cpuSeconds * 1000) / seconds / rollouts,
      p50Ms: quantile(delays, 0.5),
      p99Ms: quantile(delays, 0.99),
      undecided: traffic.undecided,
    };
  } finally {
    await deployer.stop();
  }
}

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

/** Of sorted values, by the nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
