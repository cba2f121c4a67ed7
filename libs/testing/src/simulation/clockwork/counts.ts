import type { Random } from './random';

/** How many of `trials` happen. Exact: jumps from one success to the next, so that rare ones cost next to nothing. */
export function binomial(random: Random, trials: number, probability: number): number {
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  if (probability <= 0) return 0;
  const logMiss = Math.log1p(-probability);
  let successes = 0;
  for (let position = 0; ; successes += 1) {
    position += 1 + Math.floor(Math.log1p(-random.next()) / logMiss);
    if (position > trials) return successes;
  }
}

/** A count around its mean, for amounts whose distribution nothing depends on. */
export function amount(random: Random, mean: number): number {
  const spread = Math.sqrt(mean) * (random.next() + random.next() - 1) * 2;
  return Math.max(0, Math.floor(mean + spread + random.next()));
}
