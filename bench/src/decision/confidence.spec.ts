import { proportion } from './confidence';

describe('proportion', () => {
  // Clopper and Pearson's interval of 3 in 100 is a textbook value, that of none follows the rule 1 - 0.025^(1/n).
  it('has the exact interval', () => {
    expect(proportion(3, 100)).toMatchObject({
      low: expect.closeTo(0.00623, 5),
      high: expect.closeTo(0.08518, 5),
    });
    expect(proportion(0, 100)).toMatchObject({ low: 0, high: expect.closeTo(1 - 0.025 ** 0.01, 12) });
    expect(proportion(100, 100)).toMatchObject({ low: expect.closeTo(0.025 ** 0.01, 12), high: 1 });
  });
});
