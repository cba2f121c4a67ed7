import * as fc from 'fast-check';
import { advance, NOTHING, type Account, type Counted, type Totals } from './running-totals';

const whole = fc.nat(1_000_000);
const fraction = fc.double({ min: 0, max: 1_000, noNaN: true });

/** Totals that only grow, from anything on. */
const growing = (amount: fc.Arbitrary<number>): fc.Arbitrary<Totals[]> =>
  fc.array(fc.record({ trials: amount, failures: amount }), { minLength: 1, maxLength: 50 }).map((growths) =>
    growths.reduce<Totals[]>((looks, { trials, failures }) => {
      const before = looks.at(-1) ?? NOTHING;
      return [...looks, { trials: before.trials + trials, failures: before.failures + failures }];
    }, []),
  );

function countAll(looks: readonly Totals[]): { counted: Counted[]; account: Account } {
  let account: Account | null = null;
  const counted = looks.map((totals) => {
    const next = advance(account, totals);
    account = next.account;
    return next.counted;
  });
  return { counted, account: account! };
}

const countTrials = (...totals: number[]): number[] =>
  countAll(totals.map((trials) => ({ trials, failures: 0 }))).counted.map(({ trials }) => trials);

const sumOf = (counted: readonly Counted[], what: keyof Counted): number =>
  counted.reduce((sum, each) => sum + each[what], 0);

describe('what is counted of running totals', () => {
  it('is nothing at the first look, whatever the totals are', () => {
    expect(advance(null, { trials: 5_000, failures: 70.5 }).counted).toEqual(NOTHING);
  });

  it('is what they have grown by', () => {
    const { counted } = countAll([
      { trials: 100, failures: 7 },
      { trials: 130, failures: 9 },
      { trials: 130, failures: 9 },
      { trials: 131, failures: 10 },
    ]);
    expect(counted).toEqual([NOTHING, { trials: 30, failures: 2 }, NOTHING, { trials: 1, failures: 1 }]);
  });

  it('never has more failures than trials: a failure that was scraped first waits for its trial', () => {
    const { counted } = countAll([
      { trials: 10, failures: 0 },
      { trials: 11, failures: 3 },
      { trials: 20, failures: 3 },
    ]);
    expect(counted).toEqual([NOTHING, { trials: 1, failures: 1 }, { trials: 9, failures: 2 }]);
  });

  it('sums to the growth of whole numbers', () => {
    fc.assert(
      fc.property(growing(whole), (looks) => {
        const { counted, account } = countAll(looks);
        expect(sumOf(counted, 'trials')).toBe(looks.at(-1)!.trials - looks[0]!.trials);
        expect(account.trials.rest).toBe(0);
        const failures = looks.at(-1)!.failures - looks[0]!.failures;
        expect(sumOf(counted, 'failures') + account.failures.rest).toBe(failures);
      }),
    );
  });

  it('sums to the growth of fractions, rounded down', () => {
    fc.assert(
      fc.property(growing(fraction), (looks) => {
        const { counted, account } = countAll(looks);
        expect(account.trials.rest).toBeGreaterThanOrEqual(0);
        expect(account.trials.rest).toBeLessThan(1);
        for (const what of ['trials', 'failures'] as const) {
          const growth = looks.at(-1)![what] - looks[0]![what];
          expect(sumOf(counted, what) + account[what].rest).toBeCloseTo(growth, 6);
        }
      }),
    );
  });

  it('is the same whether somebody looks once or often', () => {
    fc.assert(
      fc.property(growing(whole), (looks) => {
        const often = countAll(looks).counted;
        const once = countAll([looks[0]!, looks.at(-1)!]).counted;
        expect(sumOf(often, 'trials')).toBe(sumOf(once, 'trials'));
      }),
    );
  });

  it('is made of whole numbers with failures among the trials, whatever is seen', () => {
    const anyTotal = fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.record({ trials: anyTotal, failures: anyTotal }), { minLength: 1 }),
        (looks) => {
          for (const { trials, failures } of countAll(looks).counted) {
            expect(Number.isInteger(trials) && Number.isInteger(failures)).toBe(true);
            expect(failures).toBeGreaterThanOrEqual(0);
            expect(failures).toBeLessThanOrEqual(trials);
          }
        },
      ),
    );
  });

  it('goes on from an account that was stored as JSON exactly as from the account itself', () => {
    fc.assert(
      fc.property(growing(fraction), fraction, (looks, next) => {
        const { account } = countAll(looks);
        const stored = JSON.parse(JSON.stringify(account)) as Account;
        const totals = { trials: account.trials.total + next, failures: account.failures.total };
        expect(advance(stored, totals)).toEqual(advance(account, totals));
      }),
    );
  });
});

describe('a total that falls', () => {
  it('is that of a counter that began again, and counts as a whole', () => {
    expect(countTrials(1_000, 12, 20)).toEqual([0, 12, 8]);
  });

  it('is counted in full over any number of restarts', () => {
    const life = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(life, { maxLength: 10 }), (lives) => {
        const totals = [0];
        let truth = 0;
        for (const growths of lives) {
          const last = totals.at(-1)!;
          const first = Math.ceil(last / 10) - 1;
          // A life begins with less than a tenth of what the last one has come to, or it is not a restart to anybody.
          if (last > 0 && first < 1) continue;
          totals.push(last === 0 ? 1 : first);
          truth += totals.at(-1)!;
          for (const growth of growths) {
            totals.push(totals.at(-1)! + growth);
            truth += growth;
          }
        }
        expect(countTrials(...totals).reduce((sum, trials) => sum + trials, 0)).toBe(truth);
      }),
    );
  });

  it('by a part is a sum that has lost a process, and counts nothing again', () => {
    expect(countTrials(1_000, 500, 510)).toEqual([0, 0, 10]);
  });

  it('never counts more than all processes have done, whichever of them go', () => {
    const done = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 6, maxLength: 6 });
    const seconds = fc.array(fc.record({ done, goes: fc.option(fc.nat(5), { freq: 4 }) }), { maxLength: 60 });
    fc.assert(
      fc.property(seconds, (each) => {
        // All have done as much before, so that any of them is a part and none is nearly all.
        const processes = Array<number>(6).fill(100_000);
        const totals = [600_000];
        let truth = 0;
        for (const { done: news, goes } of each) {
          for (const [index, more] of news.entries()) processes[index]! += more;
          truth += news.reduce((sum, more) => sum + more, 0);
          if (goes !== null && processes.filter((count) => count >= 100_000).length > 1) processes[goes] = 0;
          totals.push(processes.reduce((sum, count) => sum + count, 0));
        }
        expect(countTrials(...totals).reduce((sum, trials) => sum + trials, 0)).toBeLessThanOrEqual(truth);
      }),
    );
  });

  it('to nothing may come back as it was, and is not counted again', () => {
    expect(countTrials(1_000, 0, 0, 1_005)).toEqual([0, 0, 0, 5]);
    expect(countTrials(1_000, 0, 3)).toEqual([0, 0, 3]);
  });

  it('by one unit in the last place has been summed in another order', () => {
    const [higher, lower] = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1];
    expect(lower).toBeLessThan(higher);
    expect(countTrials(1e3 + higher, 1e3 + lower, 1e3 + higher + 1)).toEqual([0, 0, 1]);
    expect(countTrials(higher * 1e6, lower * 1e6)).toEqual([0, 0]);
  });
});
