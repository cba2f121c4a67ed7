/** Uniform numbers in [0,1): sfc32 (Chris Doty-Humphrey, PractRand), whose streams do not meet for different seeds. */
export function seeded(seed: number, stream = 0): () => number {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  return next;
}

export type PoissonSampler = (uniform: () => number) => number;

/** Up to this mean a search from zero is faster than rejection. */
const SEARCHED_MEAN = 20;

/** Exact for every mean >= 0. What depends on the mean alone is computed once. */
export function poissonSampler(mean: number): PoissonSampler {
  if (mean === 0) return () => 0;
  return mean < SEARCHED_MEAN ? searching(mean) : rejecting(mean);
}

function searching(mean: number): PoissonSampler {
  const cumulative: number[] = [];
  let [chance, total] = [Math.exp(-mean), 0];
  for (let count = 0; total < 1 - 1e-15 && count < 200; count += 1) {
    total += chance;
    cumulative.push(total);
    chance *= mean / (count + 1);
  }
  const last = cumulative.length - 1;
  return (uniform) => {
    const at = uniform();
    let count = 0;
    while (count < last && at >= cumulative[count]!) count += 1;
    return count;
  };
}

/** Transformed rejection: Hörmann 1993, 'The transformed rejection method for generating Poisson random variables', PTRS. */
function rejecting(mean: number): PoissonSampler {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  return (uniform) => {
    for (;;) {
      const u = uniform() - 0.5;
      const v = uniform();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= squeeze) return count;
      if (count < 0 || (us < 0.013 && v > us)) continue;
      const height = Math.log((v * inverseAlpha) / (a / (us * us) + b));
      if (height <= count * logMean - mean - logFactorial(count)) return count;
    }
  };
}

const LOG_FACTORIALS = [0];

function logFactorial(count: number): number {
  for (let next = LOG_FACTORIALS.length; next <= count; next += 1)
    LOG_FACTORIALS.push(LOG_FACTORIALS[next - 1]! + Math.log(next));
  return LOG_FACTORIALS[count]!;
}
