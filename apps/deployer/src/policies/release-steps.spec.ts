import type { StepPlan } from '@croupier/contracts';
import { DEFAULTS, factsOf } from '../../test/policies';
import { courseOf, strategyFor, type AnyStrategy } from './release-steps';

type Steps = ReturnType<typeof courseOf>['steps'];

const CANARY: Extract<AnyStrategy, { readonly kind: 'canary' }> = {
  kind: 'canary',
  weights: null,
  waves: [],
  look: {},
  steps: null,
};

/** `5 MT,SE` for a weight in markets, the kind for any other step. */
function inShort(steps: Steps): string[] {
  return steps.map((step) =>
    step.kind === 'setWeight' ? `${step.weightPercent} ${step.markets?.join() ?? 'all'}` : step.kind,
  );
}

function stepsOf(strategy: AnyStrategy, facts = factsOf()): string[] {
  return inShort(courseOf(strategy, facts, DEFAULTS).steps);
}

describe('the course of a release', () => {
  it('is the usual canary when the policy says nothing', () => {
    expect(stepsOf(strategyFor(null, undefined, factsOf())).filter((step) => step !== 'analysis')).toEqual([
      '5 all',
      '10 all',
      '25 all',
      '50 all',
      '100 all',
    ]);
  });

  it('looks as the configuration says, but for what the policy says', () => {
    const { steps } = courseOf({ ...CANARY, weights: [100], look: { minRequests: 7 } }, factsOf(), DEFAULTS);
    expect(steps[1]).toEqual({ kind: 'analysis', nullRates: {}, ...DEFAULTS.look, minRequests: 7 });
  });

  it('copies requests while the version has its first weight', () => {
    const { steps } = courseOf({ ...CANARY, weights: [5, 100], mirrorPercent: 20 }, factsOf(), DEFAULTS);
    expect(steps.filter(({ kind }) => kind === 'setWeight')).toEqual([
      { kind: 'setWeight', weightPercent: 5, markets: null, mirrorPercent: 20 },
      { kind: 'setWeight', weightPercent: 100, markets: null },
    ]);
  });

  it('goes wave by wave, and to all others last', () => {
    const strategy = { ...CANARY, weights: [50, 100], waves: [['MT']] };
    expect(stepsOf(strategy)).toEqual([
      '50 MT',
      'analysis',
      '100 MT',
      'analysis',
      '50 all',
      'analysis',
      '100 all',
      'analysis',
    ]);
  });

  it('leaves out markets where the version is not certified: no traffic would ever come from them', () => {
    const strategy = { ...CANARY, weights: [100], waves: [['MT', 'US-NJ'], ['US-NJ']] };
    expect(stepsOf(strategy)).toEqual(['100 MT', 'analysis', '100 all', 'analysis']);
  });

  it('does not go through the weights again for nobody when the waves have reached every market', () => {
    const strategy = { ...CANARY, weights: [50, 100], waves: [['MT'], ['SE']] };
    expect(stepsOf(strategy)).toEqual([
      '50 MT',
      'analysis',
      '100 MT',
      'analysis',
      '50 SE',
      'analysis',
      '100 SE',
      'analysis',
      '100 all',
    ]);
  });

  it('keeps all waves when it is not known where the version is certified', () => {
    const strategy = { ...CANARY, weights: [100], waves: [['US-NJ']] };
    expect(stepsOf(strategy, factsOf({ markets: null }))).toEqual([
      '100 US-NJ',
      'analysis',
      '100 all',
      'analysis',
    ]);
  });

  it('is judged step by step whichever markets a version names', () => {
    expect(stepsOf({ ...CANARY, weights: [100] }, factsOf({ markets: [] }))).toEqual(['100 all', 'analysis']);
  });

  it('takes steps to the letter', () => {
    const steps: StepPlan[] = [
      { kind: 'pause', durationMs: null },
      { kind: 'setWeight', weightPercent: 100, markets: null },
    ];
    expect(courseOf({ ...CANARY, steps }, factsOf(), DEFAULTS)).toEqual({ strategy: 'canary', steps });
  });

  it('is a preview, a word, a switch and a look when it is blue-green', () => {
    expect(stepsOf({ kind: 'blue-green', approval: true, look: {} })).toEqual([
      'preview',
      'pause',
      '100 all',
      'analysis',
    ]);
    expect(stepsOf({ kind: 'blue-green', approval: false, look: {} })).toEqual([
      'preview',
      '100 all',
      'analysis',
    ]);
  });

  it('turns on each flag of the manifest once', () => {
    const { strategy, steps } = courseOf(
      { kind: 'flag', look: {} },
      factsOf({ flags: ['a', 'b', 'a'] }),
      DEFAULTS,
    );
    expect(strategy).toBe('flag');
    expect(steps.flatMap((step) => (step.kind === 'setFlag' ? step.flag : []))).toEqual(['a', 'b']);
  });

  it.each(['all-at-once', 'rollback'] as const)('is one weight when a person asks for %s', (kind) => {
    expect(courseOf({ kind }, factsOf(), DEFAULTS)).toMatchObject({
      strategy: kind,
      steps: [{ weightPercent: 100 }],
    });
  });
});

describe('the strategy of a release', () => {
  const flag: AnyStrategy = { kind: 'flag', look: { minRequests: 7 } };
  const first = factsOf({ stableVersion: null });

  it('is the policy’s, with all its parameters, also where a person asks for the same', () => {
    expect(strategyFor(flag, undefined, factsOf())).toBe(flag);
    expect(strategyFor(flag, 'flag', factsOf())).toBe(flag);
  });

  it('is what a person asks for, looked at as the policy looks', () => {
    expect(strategyFor(flag, 'blue-green', factsOf())).toEqual({
      kind: 'blue-green',
      approval: false,
      look: { minRequests: 7, onDeadline: 'hold' },
    });
    expect(strategyFor(flag, 'all-at-once', factsOf())).toEqual({ kind: 'all-at-once' });
    expect(strategyFor(null, 'rollback', factsOf())).toEqual({ kind: 'rollback' });
  });

  it('is a canary for a first version that has nothing to turn flags on for', () => {
    expect(strategyFor(flag, undefined, first)).toMatchObject({ kind: 'canary', look: { minRequests: 7 } });
  });

  it('is not guessed where a person has asked for flags', () => {
    expect(strategyFor(null, 'flag', first).kind).toBe('flag');
  });
});
