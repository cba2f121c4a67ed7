/** A Beta(a,b) density over rates, cut to those that contradict the null. */
export interface BetaPrior {
  readonly a: number;
  readonly b: number;
}

/** @throws RangeError naming the field, unless both parameters are positive and finite. */
export function requirePrior({ a, b }: BetaPrior): void {
  requirePositive('prior.a', a);
  requirePositive('prior.b', b);
}

function requirePositive(field: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new RangeError(`${field} must be positive, not ${value}`);
}
