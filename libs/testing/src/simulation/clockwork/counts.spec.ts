import { amount, binomial } from './counts';
import { Random } from './random';

const DRAWS = 20_000;

function momentsOf(draw: () => number): { mean: number; variance: number } {
  let [sum, squares] = [0, 0];
  for (let count = 0; count < DRAWS; count += 1) {
    const drawn = draw();
    sum += drawn;
    squares += drawn * drawn;
  }
  const mean = sum / DRAWS;
  return { mean, variance: squares / DRAWS - mean * mean };
}

describe('a drawn count', () => {
  it.each([
    [50, 0.01],
    [400, 0.02],
    [30, 0.7],
    [200, 0.4],
    [1_000, 0.05],
  ])('of %d with chance %d has the mean and variance of a binomial', (trials, probability) => {
    const random = new Random(11);
    const { mean, variance } = momentsOf(() => binomial(random, trials, probability));
    const expected = trials * probability;
    expect(Math.abs(mean - expected)).toBeLessThan(0.02 * expected + 0.02);
    expect(Math.abs(variance / (expected * (1 - probability)) - 1)).toBeLessThan(0.06);
  });

  it.each([0, 1])('with chance %d is certain', (probability) => {
    expect(binomial(new Random(1), 100, probability)).toBe(100 * probability);
  });

  it('around a mean has that mean', () => {
    const random = new Random(3);
    for (const expected of [3, 20, 80]) {
      const { mean } = momentsOf(() => amount(random, expected));
      expect(Math.abs(mean / expected - 1)).toBeLessThan(0.05);
    }
  });
});

describe('random numbers', () => {
  it('are the same for a seed, and others for another', () => {
    const first = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(first(7)).toEqual(first(7));
    expect(first(7)).not.toEqual(first(8));
  });

  it('are spread evenly', () => {
    const random = new Random(5);
    const tenths = Array<number>(10).fill(0);
    for (let count = 0; count < DRAWS; count += 1) tenths[random.between(0, 9)]! += 1;
    for (const tenth of tenths) expect(Math.abs(tenth - DRAWS / 10)).toBeLessThan(200);
  });
});
