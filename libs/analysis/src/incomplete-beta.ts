import { logBetaOverPowers } from './log-beta';

const CONVERGED = 1e-15;

/** Reached only beyond a + b = 1e13; near the mean the fraction takes about 0.15 √(a + b) terms, elsewhere a few. */
const MOST_TERMS = 1_000_000;

/**
 * log [ ∫ over (0,x) of q^(a-1) (1-q)^(b-1) dq / (x^a y^b) ]: the lower part of the beta integral, measured in
 * the height of its integrand at the cut. The upper part is the same with both pairs swapped: (b, a, y, x).
 *
 * In this unit the huge powers cancel on paper. The smaller part is a continued fraction alone (DiDonato and
 * Morris 1992, 'Algorithm 708', BFRAC), the larger one is the whole integral less the smaller.
 *
 * @param a first parameter, > 0
 * @param b second parameter, > 0
 * @param x the cut, in (0,1)
 * @param y its complement, 1 - x
 */
export function logScaledLowerBeta(a: number, b: number, x: number, y: number): number {
  if (a * y >= b * x) return Math.log(tailFraction(a, b, x, y));
  const whole = logBetaOverPowers(a, b, x, y);
  const upperShare = Math.exp(-whole) * tailFraction(b, a, y, x);
  return whole + Math.log1p(-upperShare);
}

/**
 * Logarithms of the regularized incomplete beta function, lower = log I_x(a,b), and of its complement,
 * upper = log(1 - I_x(a,b)). Each is precise however far in its tail.
 *
 * @param a first parameter, > 0
 * @param b second parameter, > 0
 * @param x in (0,1)
 */
export function logIncompleteBeta(a: number, b: number, x: number): { lower: number; upper: number } {
  const y = 1 - x;
  const whole = logBetaOverPowers(a, b, x, y);
  return {
    lower: logScaledLowerBeta(a, b, x, y) - whole,
    upper: logScaledLowerBeta(b, a, y, x) - whole,
  };
}

/**
 * ∫ over (0,x) of q^(a-1) (1-q)^(b-1) dq / (x^a y^b), for x at or under the mean a / (a+b).
 * The continued fraction of DiDonato and Morris, summed by Lentz's method.
 */
function tailFraction(a: number, b: number, x: number, y: number): number {
  const surplus = a * y - b * x;
  let reciprocal = (a / (a + 1)) * (surplus + 1);
  let numeratorRatio = reciprocal;
  let denominatorRatio = 0;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const before = a + 2 * n - 1;
    const product = n * (b - n) * x;
    const alpha = (((a + n - 1) / before) * (a + b + n - 1) * product * x) / before;
    const beta = n + product / before + ((a + n) / (before + 2)) * (surplus + 1 + n * (1 + y));
    denominatorRatio = 1 / (beta + alpha * denominatorRatio);
    numeratorRatio = beta + alpha / numeratorRatio;
    const factor = numeratorRatio * denominatorRatio;
    reciprocal *= factor;
    if (Math.abs(factor - 1) < CONVERGED) break;
  }
  return 1 / reciprocal;
}
