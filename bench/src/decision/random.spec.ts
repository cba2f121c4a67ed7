import { poissonSampler, seeded } from './random';

const DRAWS = 200_000;

describe('seeded', () => {
  it('repeats a stream for its seed, and has another for every other', () => {
    const first = (seed: number, stream: number): number[] => Array.from({ length: 4 }, seeded(seed, stream));
    expect(first(7, 1)).toEqual(first(7, 1));
    expect(first(7, 1)).not.toEqual(first(8, 1));
    expect(first(7, 1)).not.toEqual(first(7, 2));
  });
});

describe('poissonSampler', () => {
  it.each([0.03, 0.5, 5, 19, 21, 400])('has the mean and the variance of a Poisson count at %p', (mean) => {
    const [uniform, sample] = [seeded(1), poissonSampler(mean)];
    let [sum, squares] = [0, 0];
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const count = sample(uniform);
      sum += count;
      squares += (count - mean) ** 2;
    }
    const deviation = Math.sqrt(mean / DRAWS);
    expect(Math.abs(sum / DRAWS - mean)).toBeLessThan(4 * deviation);
    // The variance of a Poisson count's squared deviation is mean + 2 mean^2.
    expect(Math.abs(squares / DRAWS - mean)).toBeLessThan(4 * Math.sqrt((mean + 2 * mean * mean) / DRAWS));
  });

  it('draws each count as often as it should, on both sides of where it changes its method', () => {
    for (const mean of [19.9, 20.1]) {
      const [uniform, sample] = [seeded(2), poissonSampler(mean)];
      const counts = new Map<number, number>();
      for (let draw = 0; draw < DRAWS; draw += 1) {
        const count = sample(uniform);
        counts.set(count, (counts.get(count) ?? 0) + 1);
      }
      let chance = Math.exp(-mean);
      for (let count = 0; count < 45; count += 1) {
        const expected = DRAWS * chance;
        expect(Math.abs((counts.get(count) ?? 0) - expected)).toBeLessThan(4.5 * Math.sqrt(expected) + 2);
        chance *= mean / (count + 1);
      }
    }
  });

  it('draws nothing at a mean of 0', () => {
    expect(poissonSampler(0)(seeded(1))).toBe(0);
  });
});
