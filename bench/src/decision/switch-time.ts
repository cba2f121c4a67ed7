import type { Ratio } from '../bench';

/** How long a rollback takes to reach the players. */
export interface SwitchTime {
  readonly rollouts: number;
  /** From the moment at which the deployer had enough evidence to weight 0 in the gateway, 99th percentile. */
  readonly p99Ms: number;
}

const GOAL_MS = 1000;

/** Not measured by simulation: it takes the platform itself, running. Null until it is. */
export function measureSwitchTime(): Promise<SwitchTime | null> {
  return Promise.resolve(null);
}

export function switchGoal({ p99Ms }: SwitchTime): Ratio {
  return { name: 'evidence to weight 0, p99, over a second', value: p99Ms / GOAL_MS, goal: { atMost: 1 } };
}
