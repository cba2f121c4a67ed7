import { logIncompleteBeta } from '@croupier/analysis';

/** A share that was counted, with its 95 % confidence interval. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

const TAIL = 0.025;
const BISECTIONS = 60;

/** The exact interval (Clopper and Pearson 1934): each end is a beta quantile. */
export function proportion(count: number, of: number): Proportion {
  return {
    count,
    of,
    low: count === 0 ? 0 : betaQuantile(TAIL, count, of - count + 1),
    high: count === of ? 1 : betaQuantile(1 - TAIL, count + 1, of - count),
  };
}

function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (Math.exp(logIncompleteBeta(a, b, middle).lower) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function shareOf({ count, of }: Proportion): number {
  return count / of;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
