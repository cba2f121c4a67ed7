import type { StepPlan, Strategy } from '@croupier/contracts';
import * as fc from 'fast-check';
import type { ReleasePlan } from '../src/plan';
import { allAtOnceSteps, analysis, blueGreenSteps } from '../src/steps/presets';
import { NO_WEIGHT, weightBefore, withStep } from '../src/steps/weights';
import { flagOn, pauseFor, planWith, PREVIEW, weightOf } from './release-plan';

const looks: fc.Arbitrary<StepPlan> = fc
  .record({
    minDurationMs: fc.constantFrom(0, 1_000),
    minRequests: fc.constantFrom(0, 100),
    deadlineMs: fc.constant(10_000),
    onDeadline: fc.constantFrom('hold', 'hold', 'roll-back'),
  })
  .map(({ onDeadline, ...look }) => analysis(look, { onDeadline }));

const betweens: fc.Arbitrary<StepPlan[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: looks }, fc.constantFrom(pauseFor(1_000), pauseFor(null))),
  { maxLength: 2 },
);

const weights: fc.Arbitrary<StepPlan> = fc
  .record({
    weightPercent: fc.integer({ min: 1, max: 100 }),
    markets: fc.constantFrom<(string[] | null)[]>(null, null, ['MT'], ['MT', 'SE'], ['DE']),
  })
  .map(({ weightPercent, markets }) => weightOf(weightPercent, markets));

const flags: fc.Arbitrary<StepPlan> = fc
  .record({ flag: fc.constantFrom('bonus', 'jackpot'), enabled: fc.constantFrom(true, true, false) })
  .map((set): StepPlan => ({ kind: 'setFlag', ...set }));

/** Weights, waves, flags, pauses, previews and analyses in any order that a plan may have. */
const mixed: fc.Arbitrary<StepPlan[]> = fc
  .tuple(
    fc.array(
      fc
        .tuple(fc.oneof({ weight: 4, arbitrary: weights }, flags, fc.constant(PREVIEW)), betweens)
        .map(([first, after]) => [first, ...after]),
      { maxLength: 4 },
    ),
    betweens,
  )
  .map(([groups, last]) => [...possible(groups.flat()), weightOf(100), ...last])
  .map(possible);

/** Leaves out the weights that would not rise, and what would be asked for twice. */
function possible(steps: readonly StepPlan[]): StepPlan[] {
  let reached = NO_WEIGHT;
  const asked = new Set<string>();
  return steps.filter((step) => {
    if (step.kind === 'preview' || step.kind === 'setFlag') {
      const what = step.kind === 'preview' ? 'the preview' : step.flag;
      if (asked.has(what)) return false;
      asked.add(what);
    }
    if (step.kind !== 'setWeight') return true;
    if (step.weightPercent <= weightBefore(reached, step)) return false;
    reached = withStep(reached, step);
    return true;
  });
}

const byFlag: fc.Arbitrary<StepPlan[]> = fc
  .array(
    fc.tuple(flags, betweens).map(([first, after]) => [first, ...after]),
    { minLength: 1, maxLength: 3 },
  )
  .map((groups) => possible(groups.flat()));

const LOOK = { minDurationMs: 1_000, minRequests: 100, deadlineMs: 10_000 };

const strategies: fc.Arbitrary<{ strategy: Strategy; steps: StepPlan[] }> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ strategy: fc.constant('canary' as const), steps: mixed }) },
  fc.record({
    strategy: fc.constant('blue-green' as const),
    steps: fc.boolean().map((approval) => blueGreenSteps(LOOK, { approval })),
  }),
  { weight: 2, arbitrary: fc.record({ strategy: fc.constant('flag' as const), steps: byFlag }) },
  fc.record({
    strategy: fc.constantFrom('all-at-once' as const, 'rollback' as const),
    steps: fc.oneof(
      fc.constantFrom<StepPlan[][]>(allAtOnceSteps(), [flagOn('bonus'), ...allAtOnceSteps()]),
      mixed,
    ),
  }),
);

export const plans: fc.Arbitrary<ReleasePlan> = fc
  .record({
    release: strategies,
    stableVersion: fc.constantFrom('1.0.0', '1.0.0', '1.0.0', '1.0.0', '1.0.0', null),
    approvalsRequired: fc.constantFrom(0, 0, 1, 2),
    approvalExpiresAfterMs: fc.constantFrom(null, null, 15_000),
    whenUnmet: fc.constantFrom('wait', 'wait', 'refuse'),
    progressDeadlineMs: fc.constantFrom(null, null, 8_000, 12_000),
    drainMs: fc.constantFrom(0, 5_000),
  })
  .map(({ release, ...rest }) => planWith({ ...release, ...rest }));
