import { DEPOSITS, ERRORS } from '../../test/release-plan';
import { marginOf, ruleOf } from './metric-rule';

describe('the rule of a metric', () => {
  it('is its null rate, and a margin of half of that', () => {
    expect(ruleOf(ERRORS, {})).toEqual({ name: 'errors', nullRate: 0.01, margin: 0.005 });
  });

  it('has the margin that the metric says itself', () => {
    expect(ruleOf({ ...ERRORS, margin: 0.02 }, {}).margin).toBe(0.02);
  });

  it('has the step’s null rate where it names one of its own, and the margin of the rollout all the same', () => {
    expect(ruleOf(ERRORS, { errors: 0.2 })).toEqual({ name: 'errors', nullRate: 0.2, margin: 0.005 });
    expect(ruleOf(DEPOSITS, { errors: 0.2 }).nullRate).toBe(DEPOSITS.nullRate);
    expect(marginOf(ERRORS)).toBe(0.005);
  });
});
