import fc from 'fast-check';
import {
  advanceRelative,
  blockSince,
  NOT_COMPARED,
  type RelativeBlock,
  type RelativeState,
} from './relative-test';
import type { Tally } from './tally';

const LOG_2 = Math.log(2);

const tally = (most: number): fc.Arbitrary<Tally> =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([trials, rate]) => ({ trials, failures: Math.round(trials * rate) }));
const margin = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.6, noNaN: true }));
const size = fc.integer({ min: 0, max: 8 });

function after(canary: Tally, stable: Tally): RelativeState {
  return { logEvidence: 0, canary, stable };
}

function logFactorOf(state: RelativeState, block: RelativeBlock, within: number): number {
  return advanceRelative(state, block, { margin: within }).logEvidence - state.logEvidence;
}

/** P(k of n) for k = 0..n. */
function binomial(n: number, rate: number): number[] {
  let ways = 1;
  return Array.from({ length: n + 1 }, (_, k) => {
    const chance = ways * rate ** k * (1 - rate) ** (n - k);
    ways = (ways * (n - k)) / (k + 1);
    return chance;
  });
}

/** The factors of every outcome of a block, to be averaged under any pair of rates. */
function factorsOf(state: RelativeState, canaries: number, stables: number, within: number): number[][] {
  return Array.from({ length: canaries + 1 }, (_, canaryFailures) =>
    Array.from({ length: stables + 1 }, (_, stableFailures) => {
      const canary = { trials: canaries, failures: canaryFailures };
      const stable = { trials: stables, failures: stableFailures };
      return Math.exp(logFactorOf(state, { canary, stable }, within));
    }),
  );
}

function mean(factors: number[][], canaryRate: number, stableRate: number): number {
  const canaryChances = binomial(factors.length - 1, canaryRate);
  const stableChances = binomial(factors[0]!.length - 1, stableRate);
  return factors.reduce(
    (sum, row, k) =>
      sum + canaryChances[k]! * row.reduce((of, factor, l) => of + stableChances[l]! * factor, 0),
    0,
  );
}

const GRID = Array.from({ length: 41 }, (_, index) => index / 40);

describe('the comparison with stable', () => {
  it('has no block whose mean factor is over 1 anywhere in its null', () => {
    fc.assert(
      fc.property(tally(60), tally(60), size, size, margin, (canary, stable, canaries, stables, within) => {
        const factors = factorsOf(after(canary, stable), canaries, stables, within);
        const means = GRID.flatMap((stableRate) =>
          GRID.map((share) => mean(factors, Math.min(1, stableRate + within) * share, stableRate)),
        );
        expect(Math.max(...means)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('keeps that for lopsided blocks next to the limit', () => {
    fc.assert(
      fc.property(tally(400), tally(4000), margin, (canary, stable, within) => {
        const factors = factorsOf(after(canary, stable), 2, 60, within);
        const means = GRID.map((stableRate) => mean(factors, Math.min(1, stableRate + within), stableRate));
        expect(Math.max(...means)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('grows in the mean when the rates are as estimated', () => {
    const state = after({ trials: 1000, failures: 40 }, { trials: 1000, failures: 10 });
    expect(mean(factorsOf(state, 8, 8, 0.01), 0.04, 0.01)).toBeGreaterThan(1.01);
  });

  it('learns nothing from a block in which one side is silent', () => {
    fc.assert(
      fc.property(tally(100), tally(100), tally(1000), margin, (canary, stable, news, within) => {
        const state = after(canary, stable);
        const silent = { trials: 0, failures: 0 };
        expect(Math.abs(logFactorOf(state, { canary: silent, stable: news }, within))).toBe(0);
        expect(Math.abs(logFactorOf(state, { canary: news, stable: silent }, within))).toBe(0);
      }),
      { seed: 3 },
    );
  });

  it('holds nothing against a canary that looks no worse than the margin allows', () => {
    const state = after({ trials: 1000, failures: 14 }, { trials: 1000, failures: 10 });
    const block = { canary: { trials: 50, failures: 50 }, stable: { trials: 50, failures: 0 } };
    expect(logFactorOf(state, block, 0.005)).toBe(0);
    expect(logFactorOf(state, block, 0)).toBeGreaterThan(0);
  });

  it('loses log 2 at most to a block that is larger than all before it', () => {
    fc.assert(
      fc.property(
        tally(100),
        tally(100),
        tally(10_000),
        tally(10_000),
        margin,
        (canary, stable, one, other, within) => {
          const larger = { trials: one.trials + canary.trials + 1, failures: one.failures };
          const loss = -logFactorOf(after(canary, stable), { canary: larger, stable: other }, within);
          expect(loss).toBeLessThanOrEqual(LOG_2 + 1e-12);
        },
      ),
      { seed: 4 },
    );
  });

  it('stays finite for a billion requests a side', () => {
    fc.assert(
      fc.property(tally(1e9), tally(1e9), tally(1e9), tally(1e9), margin, (a, b, c, d, within) => {
        expect(logFactorOf(after(a, b), { canary: c, stable: d }, within)).not.toBeNaN();
        expect(Math.abs(logFactorOf(after(a, b), { canary: c, stable: d }, within))).toBeLessThan(1e12);
      }),
      { seed: 5 },
    );
  });

  it('survives being stored as JSON', () => {
    const block = { canary: { trials: 40, failures: 4 }, stable: { trials: 400, failures: 1 } };
    const state = advanceRelative(NOT_COMPARED, block, { margin: 0.005 });
    const stored = JSON.parse(JSON.stringify(state)) as RelativeState;
    expect(advanceRelative(stored, block, { margin: 0.005 })).toEqual(
      advanceRelative(state, block, { margin: 0.005 }),
    );
  });

  it.each([
    { wrong: { margin: 1 }, field: 'margin' },
    { wrong: { margin: Number.NaN }, field: 'margin' },
    { wrong: { margin: 0, prior: { a: 0, b: 1 } }, field: 'prior.a' },
  ])('refuses $wrong', ({ wrong, field }) => {
    expect(() => advanceRelative(NOT_COMPARED, NOT_COMPARED, wrong)).toThrow(new RegExp(`^${field} must`));
  });

  it('refuses counts that are none and names them', () => {
    const wrong = { canary: { trials: 1, failures: 2 }, stable: { trials: 1, failures: 0 } };
    expect(() => advanceRelative(NOT_COMPARED, wrong, { margin: 0 })).toThrow(/^canary.failures must/);
  });
});

describe('blockSince', () => {
  const state = after({ trials: 10, failures: 1 }, { trials: 100, failures: 2 });

  it('is what came in since the last comparison', () => {
    const now = { canary: { trials: 15, failures: 1 }, stable: { trials: 180, failures: 4 } };
    expect(blockSince(state, now)).toEqual({
      canary: { trials: 5, failures: 0 },
      stable: { trials: 80, failures: 2 },
    });
  });

  it('is empty without news, so that a repeated comparison changes nothing', () => {
    expect(advanceRelative(state, blockSince(state, state), { margin: 0 })).toEqual(state);
  });

  it('refuses counts that have gone back', () => {
    const back = { ...state, canary: { trials: 9, failures: 1 } };
    expect(() => blockSince(state, back)).toThrow(/^news of canary.trials must/);
  });
});
