import type { Ratio } from '../bench';
import { measure } from '../scale/measure';

/** How long a rollback takes to reach the players. */
export interface SwitchTime {
  readonly rollouts: number;
  /** From the moment at which the deployer had enough evidence to weight 0 in the gateway, 99th percentile. */
  readonly p99Ms: number;
}

const GOAL_MS = 1000;

const ROLLOUTS = 200;

/** No simulation: a deployer and its PostgreSQL, with a gateway that reports windows and follows the routing. */
export async function measureSwitchTime(): Promise<SwitchTime> {
  const { decided, p99Ms } = await measure(ROLLOUTS);
  return { rollouts: decided, p99Ms };
}

export function switchGoal({ p99Ms }: SwitchTime): Ratio {
  return { name: 'evidence to weight 0, p99, over a second', value: p99Ms / GOAL_MS, goal: { atMost: 1 } };
}
