import { seeded } from '../random';
import { shiftOf } from './mann-whitney';

describe('shiftOf', () => {
  const range = (length: number, from: number): number[] =>
    Array.from({ length }, (_, index) => from + index);

  it('estimates the shift by the median of the differences', () => {
    expect(shiftOf([4, 5, 6], [1, 2, 3]).estimate).toBe(3);
    expect(shiftOf([1, 1, 1], [1, 1, 1])).toEqual({ estimate: 0, lower: 0 });
  });

  it('knows no lower end for samples that are too small for its confidence', () => {
    expect(shiftOf([4, 5], [1, 2]).lower).toBe(-Infinity);
  });

  it('lies above nothing when every value is above', () => {
    expect(shiftOf(range(20, 100), range(20, 0)).lower).toBeGreaterThan(80);
  });

  it('is wrong about one side of a shift in one of a hundred pairs of samples', () => {
    const uniform = seeded(5);
    const sample = (): number[] => Array.from({ length: 30 }, uniform);
    let wrong = 0;
    for (let pair = 0; pair < 2000; pair += 1) if (shiftOf(sample(), sample()).lower > 0) wrong += 1;
    expect(wrong / 2000).toBeGreaterThan(0.004);
    expect(wrong / 2000).toBeLessThan(0.018);
  });
});
