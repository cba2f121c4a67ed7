import { median } from './order-statistics';

describe('median', () => {
  it('is the middle one, the lower of two, and no number without any', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2);
    expect(median([])).toBeNaN();
  });
});
