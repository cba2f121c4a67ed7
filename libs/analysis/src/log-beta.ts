const HALF_LOG_TWO_PI = 0.9189385332046728;

/** From here on the five terms below leave less than 1e-14. */
const STIRLING_SERIES_FROM = 12;

/**
 * What Stirling's formula leaves out: log Γ(z) - [ (z - 1/2) log z - z + log √(2π) ], for z > 0.
 *
 * Abramowitz and Stegun 6.1.41. Kept apart from log Γ because it is all that remains of it once the
 * large terms have cancelled on paper (Loader 2000, 'Fast and accurate computation of binomial probabilities').
 */
export function stirlingCorrection(z: number): number {
  let shifted = z;
  let correction = 0;
  while (shifted < STIRLING_SERIES_FROM) {
    correction += (shifted + 0.5) * Math.log((shifted + 1) / shifted) - 1;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series = 1 / 1260 - square * (1 / 1680 - square * (1 / 1188));
  return correction + inverse * (1 / 12 - square * (1 / 360 - square * series));
}

/**
 * log [ B(a,b) / (x^a y^b) ] for a, b > 0 and y = 1 - x in (0,1).
 *
 * Its size is that of the answer, not that of log B: with N = a + b it is Stirling's corrections plus
 * N KL(a/N, x), and the divergence is summed without cancellation, so that a and b may reach 1e9 and more.
 */
export function logBetaOverPowers(a: number, b: number, x: number, y: number): number {
  const total = a + b;
  const surplus = a * y - b * x;
  const divergence = divergenceTerm(a, total * x, -surplus / a) + divergenceTerm(b, total * y, surplus / b);
  const corrections = stirlingCorrection(a) + stirlingCorrection(b) - stirlingCorrection(total);
  return HALF_LOG_TWO_PI + 0.5 * (Math.log(total / a) - Math.log(b)) + corrections + divergence;
}

/**
 * observed log(observed / expected) + expected - observed, where deviation = expected / observed - 1.
 * The two differences of a binomial cancel in the sum.
 */
function divergenceTerm(observed: number, expected: number, deviation: number): number {
  return Math.abs(deviation) < 0.5
    ? observed * excessOverLog1p(deviation)
    : observed * (deviation - Math.log(expected / observed));
}

/** t - log(1 + t) for |t| < 1/2, to full relative precision: with v = t / (2 + t), log(1 + t) = 2 artanh v. */
function excessOverLog1p(t: number): number {
  const v = t / (2 + t);
  const square = v * v;
  let power = 2 * v * square;
  let sum = t * v;
  for (let denominator = 3; Math.abs(power) > 1e-17 * Math.abs(sum); denominator += 2) {
    sum -= power / denominator;
    power *= square;
  }
  return sum;
}
