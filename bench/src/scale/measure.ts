import { quantile } from '../order-statistics';
import { DeployerProcess } from './deployer-process';
import { seedRollouts } from './rollouts-under-way';
import { Traffic } from './traffic';

const WARM_UP_MS = 5_000;
const MEASURED_MS = 20_000;
const MOST_BAD = 200;

export interface Measured {
  /** Milliseconds of CPU for one rollout in one second. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Bad canaries whose traffic was taken, and those left with it. */
  readonly decided: number;
  readonly undecided: number;
}

/** A deployer with so many rollouts under way, some of which go bad: what they cost, and how soon the bad ones lose their traffic. */
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
      decided: delays.length,
      undecided: traffic.undecided,
    };
  } finally {
    await deployer.stop();
  }
}
