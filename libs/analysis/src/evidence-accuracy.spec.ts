import { breachLogEvidence } from './breach-test';
import { healthLogEvidence } from './health-test';
import reference from './reference-evidence.json';
import relativeReference from './reference-relative.json';
import { logFactor } from './relative-test';

const TOLERANCE = 1e-9;

function errorOf(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}

describe('evidence against 60-digit reference values', () => {
  it.each(['breach', 'health'] as const)('is exact to 1e-9 for the %s test', (test) => {
    const evidence = test === 'breach' ? breachLogEvidence : healthLogEvidence;
    const wrong = reference.cases.filter(({ trials, failures, nullRate, a, b, [test]: expected }) => {
      const actual = evidence({ trials, failures }, { nullRate, prior: { a, b } });
      return !(errorOf(actual, Number(expected)) <= TOLERANCE);
    });
    expect(wrong).toEqual([]);
  });

  it('covers a billion trials, from no failure to nothing else', () => {
    const largest = reference.cases.filter(({ trials }) => trials === 1e9);
    expect(largest.some(({ failures }) => failures === 0)).toBe(true);
    expect(largest.some(({ failures }) => failures === 1e9)).toBe(true);
  });
});

describe('the comparison with stable against 60-digit reference values', () => {
  it('is exact to 1e-9 for every block', () => {
    const wrong = relativeReference.cases.filter(({ seen, block, margin, a, b, logFactor: expected }) => {
      const actual = logFactor(seen, block, { margin, prior: { a, b } });
      return !(errorOf(actual, Number(expected)) <= TOLERANCE);
    });
    expect(wrong).toEqual([]);
  });

  it('covers a billion requests on either side and on both, with and without a margin', () => {
    const sizes = relativeReference.cases
      .filter(({ logFactor: expected }) => Number(expected) !== 0)
      .map(
        ({ block, margin }) =>
          `${block.canary.trials}/${block.stable.trials}, ${margin === 0 ? 'none' : 'some'}`,
      );
    expect(sizes).toEqual(
      expect.arrayContaining(
        ['1000000000/1', '1/1000000000', '1000000000/1000000000'].flatMap((size) => [
          `${size}, none`,
          `${size}, some`,
        ]),
      ),
    );
  });
});
