import type { SetWeightStep } from '@croupier/contracts';
import * as fc from 'fast-check';
import { highestWeight, isEverywhere, NO_WEIGHT, weightBefore, type Weights, withStep } from './weights';

const MARKETS = ['MT', 'SE', 'DE'];

const percents = fc.integer({ min: 1, max: 100 });
const steps: fc.Arbitrary<SetWeightStep> = fc.record({
  kind: fc.constant('setWeight' as const),
  weightPercent: percents,
  markets: fc.option(fc.uniqueArray(fc.constantFrom(...MARKETS), { minLength: 1 })),
});
/** Only those that a plan may contain. */
const allowed = fc
  .array(steps, { maxLength: 12 })
  .map((all) =>
    all.reduce<{ steps: SetWeightStep[]; weights: Weights }>(
      (sofar, step) =>
        step.weightPercent > weightBefore(sofar.weights, step)
          ? { steps: [...sofar.steps, step], weights: withStep(sofar.weights, step) }
          : sofar,
      { steps: [], weights: NO_WEIGHT },
    ),
  )
  .map((sofar) => sofar.steps);

function shareIn({ elsewhere, markets }: Weights, market: string): number {
  return markets[market] ?? elsewhere;
}

describe('the weights of a rollout', () => {
  it('never fall in any market, whatever the step', () => {
    fc.assert(
      fc.property(allowed, (plan) => {
        let weights = NO_WEIGHT;
        for (const step of plan) {
          const raised = withStep(weights, step);
          for (const market of [...MARKETS, 'FR'])
            expect(shareIn(raised, market)).toBeGreaterThanOrEqual(shareIn(weights, market));
          weights = raised;
        }
      }),
    );
  });

  it('are at least what the step sets in its markets, and untouched in the others', () => {
    fc.assert(
      fc.property(allowed, steps, (plan, step) => {
        const before = plan.reduce(withStep, NO_WEIGHT);
        fc.pre(step.weightPercent > weightBefore(before, step));
        const after = withStep(before, step);
        for (const market of [...MARKETS, 'FR']) {
          const named = step.markets?.includes(market) ?? true;
          const expected = named
            ? Math.max(step.weightPercent, shareIn(before, market))
            : shareIn(before, market);
          expect(shareIn(after, market)).toBe(expected);
        }
      }),
    );
  });

  it('have copies of requests until the next step sets its own', () => {
    const mirrored = { kind: 'setWeight', weightPercent: 5, markets: null, mirrorPercent: 20 } as const;
    const first = withStep(NO_WEIGHT, mirrored);
    expect(first).toEqual({ elsewhere: 5, markets: {}, mirrorPercent: 20 });
    fc.assert(
      fc.property(steps, (next) => expect(withStep(first, next)).not.toHaveProperty('mirrorPercent')),
    );
  });

  it('are told by the largest', () => {
    expect(highestWeight(NO_WEIGHT)).toBe(0);
    expect(highestWeight({ elsewhere: 5, markets: { MT: 50, SE: 25 } })).toBe(50);
    expect(highestWeight({ elsewhere: 60, markets: { MT: 50 } })).toBe(60);
  });

  it('are everywhere when every market has all', () => {
    expect(isEverywhere({ elsewhere: 100, markets: {} })).toBe(true);
    expect(isEverywhere({ elsewhere: 100, markets: { MT: 50 } })).toBe(false);
    expect(isEverywhere({ elsewhere: 50, markets: { MT: 100 } })).toBe(false);
  });

  it('count a market that no wave has named as one of all the others', () => {
    const weights = { elsewhere: 20, markets: { MT: 50 } };
    const to = (markets: string[] | null): SetWeightStep => ({
      kind: 'setWeight',
      weightPercent: 60,
      markets,
    });
    expect(weightBefore(weights, to(['SE']))).toBe(20);
    expect(weightBefore(weights, to(['SE', 'MT']))).toBe(50);
    expect(weightBefore(weights, to(null))).toBe(20);
  });
});
