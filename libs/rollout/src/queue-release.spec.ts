import { type AnalysisStep, type SetWeightStep, StepPlan } from '@croupier/contracts';
import { flagOn, LOOK, look, pauseFor, planWith, PREVIEW, weightOf } from '../test/release-plan';
import type { ReleasePlan } from './plan';
import { queueRelease } from './queue-release';
import { allAtOnceSteps, blueGreenSteps, CANARY_WEIGHTS, canarySteps, flagSteps } from './steps/presets';

function faultOf(overrides: Partial<ReleasePlan>): string | undefined {
  const { refusal, ...rest } = queueRelease(planWith(overrides), 0);
  if (refusal !== undefined) expect(rest).toEqual({ events: [], effects: [] });
  return refusal?.reason;
}

describe('queueing a release', () => {
  it('tells that the release is queued, with its whole plan, and has no effect', () => {
    const plan = planWith();
    expect(queueRelease(plan, 7)).toEqual({
      events: [expect.objectContaining({ type: 'release.queued', at: 7, releaseId: plan.releaseId, plan })],
      effects: [],
    });
  });

  it.each<[string, Partial<ReleasePlan>, string]>([
    ['drains for a negative time', { drainMs: -1 }, 'drainMs must not be negative'],
    ['gives effects no time', { effectDeadlineMs: 0 }, 'effectDeadlineMs must be over 0'],
    ['requires less than no approval', { approvalsRequired: -1 }, 'approvalsRequired must not be negative'],
    ['gives steps no time to pass', { progressDeadlineMs: 0 }, 'progressDeadlineMs must be over 0'],
  ])('refuses a plan that %s, and names the field', (_, overrides, reason) => {
    expect(faultOf(overrides)).toBe(reason);
  });
});

describe('the steps of a plan', () => {
  it.each<[string, StepPlan[]]>([
    ['a canary', canarySteps(LOOK)],
    ['a canary in waves', canarySteps(LOOK, [10, 100], [['MT'], ['SE', 'DE']])],
    ['a blue-green switch', blueGreenSteps(LOOK, { approval: false })],
    ['an approved blue-green switch', blueGreenSteps(LOOK, { approval: true })],
    ['a release all at once', allAtOnceSteps()],
  ])('of the preset for %s can be followed, and written into a policy', (_, steps) => {
    expect(faultOf({ steps })).toBeUndefined();
    expect(StepPlan.array().parse(steps)).toEqual(steps);
  });

  it('of the preset for flags can be followed by a release by flag alone', () => {
    const steps = flagSteps(LOOK, ['bonus', 'jackpot']);
    expect(faultOf({ strategy: 'flag', steps })).toBeUndefined();
    expect(faultOf({ strategy: 'canary', steps })).toBe(
      'the last setWeight must have weightPercent 100 and no markets',
    );
  });

  it('of a canary go 5, 10, 25, 50, 100 % unless it is told others', () => {
    expect(CANARY_WEIGHTS).toEqual([5, 10, 25, 50, 100]);
    expect(
      canarySteps(LOOK).flatMap((step) => (step.kind === 'setWeight' ? [step.weightPercent] : [])),
    ).toEqual([...CANARY_WEIGHTS]);
  });

  const LAST = 'the last setWeight must have weightPercent 100 and no markets';

  it.each<[string, StepPlan[], string]>([
    ['has no step', [], LAST],
    ['ends under 100 %', [weightOf(50)], LAST],
    ['ends in some markets alone', [weightOf(100, ['MT'])], LAST],
    ['has weights that do not rise', [weightOf(50), weightOf(50)], 'steps[1]: weightPercent must be over 50'],
    [
      'copies more requests than there are',
      [mirroredTo(10, 91), weightOf(100)],
      'steps[0]: weightPercent and mirrorPercent must be 100 at most together',
    ],
    [
      'copies requests in a wave',
      [{ ...mirroredTo(10, 5), markets: ['MT'] }, weightOf(100)],
      'steps[0]: mirrorPercent must be left out of a wave',
    ],
    [
      'has weights that do not rise in every market of a wave',
      [weightOf(50, ['MT']), weightOf(40, ['SE', 'MT'])],
      'steps[1]: weightPercent must be over 50',
    ],
    [
      'has a wave under what all markets have already',
      [weightOf(50), weightOf(40, ['MT'])],
      'steps[1]: weightPercent must be over 50',
    ],
    ['has a weight over 100 %', [weightOf(101)], 'steps[0]: weightPercent must be 100 at most'],
    ['has a weight that is no number', [weightOf(NaN)], 'steps[0]: weightPercent must be over 0'],
    ['has a wave without markets', [weightOf(5, [])], 'steps[0]: markets must name one, or be null'],
    ['pauses for no time', [pauseFor(0)], 'steps[0]: durationMs must be over 0'],
    ['has two previews', [PREVIEW, pauseFor(1), PREVIEW], 'steps[2]: only one preview can be made'],
    [
      'sets a flag twice',
      [flagOn('bonus'), flagOn('jackpot'), { kind: 'setFlag', flag: 'bonus', enabled: false }],
      'steps[2]: flag bonus is set by an earlier step',
    ],
  ])('are refused in a plan that %s, with the step named', (_, steps, reason) => {
    expect(faultOf({ steps })).toBe(reason);
  });

  it.each<[Partial<AnalysisStep>, string]>([
    [{ minDurationMs: -1 }, 'minDurationMs must not be negative'],
    [{ minRequests: -1 }, 'minRequests must not be negative'],
    [{ minDurationMs: 60_000 }, 'deadlineMs must be over minDurationMs'],
  ])('are refused with an analysis of %j', (overrides, reason) => {
    expect(faultOf({ steps: [weightOf(100), look(overrides)] })).toBe(`steps[1]: ${reason}`);
  });

  it('of a release by flag set no weight', () => {
    expect(faultOf({ strategy: 'flag', steps: [flagOn('bonus'), weightOf(100)] })).toBe(
      'steps[1]: a release by flag sets no weight',
    );
  });
});

function mirroredTo(weightPercent: number, mirrorPercent: number): SetWeightStep {
  return { kind: 'setWeight', weightPercent, markets: null, mirrorPercent };
}
