import fc from 'fast-check';
import { logIncompleteBeta } from './incomplete-beta';

const parameter = fc.double({ min: -1, max: 9, noNaN: true }).map((exponent) => 10 ** exponent);
const cut = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

describe('logIncompleteBeta', () => {
  it('knows the closed forms', () => {
    expect(logIncompleteBeta(1, 1, 0.3).lower).toBeCloseTo(Math.log(0.3), 13);
    expect(logIncompleteBeta(7, 1, 0.3).lower).toBeCloseTo(7 * Math.log(0.3), 13);
    expect(logIncompleteBeta(1, 7, 0.3).upper).toBeCloseTo(7 * Math.log(0.7), 13);
    expect(logIncompleteBeta(0.5, 0.5, 0.3).lower).toBeCloseTo(
      Math.log((2 / Math.PI) * Math.asin(Math.sqrt(0.3))),
      13,
    );
  });

  it('keeps its digits a hundred thousand orders of e down the tail', () => {
    expect(logIncompleteBeta(1e5, 1, Math.exp(-1)).lower / -1e5).toBeCloseTo(1, 14);
    expect(logIncompleteBeta(1, 1e5, 1 - Math.exp(-1)).upper / -1e5).toBeCloseTo(1, 14);
  });

  it('has two parts that add up to one', () => {
    fc.assert(
      fc.property(parameter, parameter, cut, (a, b, x) => {
        const { lower, upper } = logIncompleteBeta(a, b, x);
        expect(Math.exp(lower) + Math.exp(upper)).toBeCloseTo(1, 9);
      }),
      { seed: 1 },
    );
  });
});
