import fc from 'fast-check';
import { breachLogEvidence } from './breach-test';
import { healthLogEvidence } from './health-test';
import type { Tally } from './tally';

const nullRate = fc.double({ min: 1e-4, max: 0.9999, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const parameter = fc.double({ min: 0.1, max: 50, noNaN: true });
const tally = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1e9 })), share)
  .map(([trials, rate]): Tally => ({ trials, failures: Math.round(trials * rate) }));

/** log of the mean factor by which the evidence grows when the next trial fails with probability `rate`. */
function logGrowth(logEvidence: (tally: Tally) => number, { trials, failures }: Tally, rate: number): number {
  const now = logEvidence({ trials, failures });
  const afterFailure = logEvidence({ trials: trials + 1, failures: failures + 1 }) - now;
  const afterPass = logEvidence({ trials: trials + 1, failures }) - now;
  return Math.log(rate * Math.exp(afterFailure) + (1 - rate) * Math.exp(afterPass));
}

/** What rounding may add to the difference of two evidences. */
function roundingOf(logEvidence: number): number {
  return 1e-9 * Math.max(1, Math.abs(logEvidence));
}

describe.each([
  { test: 'breach', evidence: breachLogEvidence, within: (p0: number, at: number) => p0 * at },
  { test: 'health', evidence: healthLogEvidence, within: (p0: number, at: number) => 1 - (1 - p0) * at },
])('the evidence of the $test test', ({ evidence, within }) => {
  it('is that of a coin that has not been tossed before the first trial', () => {
    expect(evidence({ trials: 0, failures: 0 }, { nullRate: 0.01 })).toBe(0);
  });

  it('keeps its mean at the null rate', () => {
    fc.assert(
      fc.property(tally, nullRate, (counts, p0) => {
        const logEvidence = (at: Tally): number => evidence(at, { nullRate: p0 });
        const growth = logGrowth(logEvidence, counts, p0);
        expect(Math.abs(growth)).toBeLessThanOrEqual(roundingOf(logEvidence(counts)));
      }),
      { seed: 1 },
    );
  });

  it('never grows in the mean within the null', () => {
    fc.assert(
      fc.property(tally, nullRate, share, (counts, p0, at) => {
        const logEvidence = (of: Tally): number => evidence(of, { nullRate: p0 });
        const growth = logGrowth(logEvidence, counts, within(p0, at));
        expect(growth).toBeLessThanOrEqual(roundingOf(logEvidence(counts)));
      }),
      { seed: 2 },
    );
  });

  it.each([
    { wrong: { trials: -1, failures: 0 }, field: 'trials' },
    { wrong: { trials: 1.5, failures: 0 }, field: 'trials' },
    { wrong: { trials: 1, failures: -1 }, field: 'failures' },
    { wrong: { trials: 1, failures: 2 }, field: 'failures' },
    { wrong: { trials: 1, failures: Number.NaN }, field: 'failures' },
  ])('refuses $wrong and names $field', ({ wrong, field }) => {
    expect(() => evidence(wrong, { nullRate: 0.01 })).toThrow(RangeError);
    expect(() => evidence(wrong, { nullRate: 0.01 })).toThrow(new RegExp(`^${field} `));
  });

  it.each([0, 1, -0.1, Number.NaN])('refuses a null rate of %p', (wrong) => {
    expect(() => evidence({ trials: 1, failures: 0 }, { nullRate: wrong })).toThrow(/^nullRate must/);
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses a prior parameter of %p', (wrong) => {
    const none = { trials: 1, failures: 0 };
    expect(() => evidence(none, { nullRate: 0.5, prior: { a: wrong, b: 1 } })).toThrow(/^prior.a must/);
    expect(() => evidence(none, { nullRate: 0.5, prior: { a: 1, b: wrong } })).toThrow(/^prior.b must/);
  });
});

describe('the two tests', () => {
  it('grow apart with every failure', () => {
    fc.assert(
      fc.property(tally, nullRate, ({ trials, failures }, p0) => {
        fc.pre(failures < trials);
        const worse = { trials, failures: failures + 1 };
        const rule = { nullRate: p0 };
        expect(breachLogEvidence(worse, rule)).toBeGreaterThan(breachLogEvidence({ trials, failures }, rule));
        expect(healthLogEvidence(worse, rule)).toBeLessThan(healthLogEvidence({ trials, failures }, rule));
      }),
      { seed: 3 },
    );
  });

  it('mirror each other when failures and passes change places', () => {
    // Multiples of 1/1024, because 1 - p0 must be exact for the mirror image to be the same question.
    const mirrored = fc.integer({ min: 1, max: 1023 }).map((parts) => parts / 1024);
    fc.assert(
      fc.property(tally, mirrored, parameter, parameter, ({ trials, failures }, p0, a, b) => {
        const breach = breachLogEvidence({ trials, failures }, { nullRate: p0, prior: { a, b } });
        const image = { trials, failures: trials - failures };
        const health = healthLogEvidence(image, { nullRate: 1 - p0, prior: { a: b, b: a } });
        expect(Math.abs(health - breach)).toBeLessThanOrEqual(roundingOf(breach));
      }),
      { seed: 4 },
    );
  });

  it('weigh every order of the same outcomes alike: the mixture of the bets multiplied one by one', () => {
    const p0 = 0.2;
    const points = 4000;
    const rates = Array.from({ length: points }, (_, index) => p0 + ((1 - p0) * (index + 0.5)) / points);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (outcomes) => {
        const wealths = rates.map((q) =>
          outcomes.reduce((wealth, failed) => wealth * (failed ? q / p0 : (1 - q) / (1 - p0)), 1),
        );
        const mixture = wealths.reduce((sum, wealth) => sum + wealth, 0) / points;
        const counts = { trials: outcomes.length, failures: outcomes.filter((failed) => failed).length };
        const uniform = { nullRate: p0, prior: { a: 1, b: 1 } };
        expect(breachLogEvidence(counts, uniform)).toBeCloseTo(Math.log(mixture), 4);
      }),
      { seed: 5, numRuns: 50 },
    );
  });
});
