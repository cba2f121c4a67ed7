import type { Random } from './random';

/** Up to here a count is drawn exactly: errors within their limit are, so that the judge's false alarms are real ones. */
const EXACT_MEAN = 10;

/** How many of `trials` happen. */
export function binomial(random: Random, trials: number, probability: number): number {
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  const mean = trials * probability;
  if (mean === 0) return 0;
  if (mean <= EXACT_MEAN) return rare(random, trials, probability);
  return Math.min(trials, around(random, mean, Math.sqrt(mean * (1 - probability))));
}

/** A count around its mean, for amounts whose distribution nothing depends on. */
export function amount(random: Random, mean: number): number {
  return around(random, mean, Math.sqrt(mean));
}

/** Jumps from one success to the next. */
function rare(random: Random, trials: number, probability: number): number {
  const logMiss = Math.log1p(-probability);
  let successes = 0;
  for (let position = 0; ; successes += 1) {
    position += 1 + Math.floor(Math.log1p(-random.next()) / logMiss);
    if (position > trials) return successes;
  }
}

/** Bell-shaped: the sum of three uniform numbers has a quarter of their range as its deviation. */
function around(random: Random, mean: number, deviation: number): number {
  const bell = (random.next() + random.next() + random.next() - 1.5) * 2;
  return Math.max(0, Math.floor(mean + bell * deviation + random.next()));
}
