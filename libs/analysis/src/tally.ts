/** Counts of one Bernoulli stream: a request is a trial, a failed (or slow) request a failure. */
export interface Tally {
  readonly trials: number;
  readonly failures: number;
}

/**
 * @param of goes before the field's name: `canary.` for `canary.trials`
 * @throws RangeError naming the field, unless 0 <= failures <= trials are whole numbers.
 */
export function requireTally({ trials, failures }: Tally, of = ''): void {
  requireCount(`${of}trials`, trials);
  requireCount(`${of}failures`, failures);
  if (failures > trials) {
    throw new RangeError(`${of}failures must not exceed trials, but ${failures} is more than ${trials}`);
  }
}

/** @throws RangeError naming the field, unless the count is a whole number >= `least`. */
export function requireCount(field: string, count: number, least = 0): void {
  if (!Number.isSafeInteger(count) || count < least) {
    throw new RangeError(`${field} must be a whole number of at least ${least}, not ${count}`);
  }
}

/** @throws RangeError naming the field, unless 0 < share < 1. */
export function requireShare(field: string, share: number): void {
  if (!(share > 0 && share < 1)) throw new RangeError(`${field} must lie between 0 and 1, not ${share}`);
}
