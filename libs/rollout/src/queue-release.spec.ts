import { planWith } from '../test/release-driver';
import { DEFAULT_STEPS, type RolloutStepPlan } from './plan';
import { queueRelease } from './queue-release';

const STEP: RolloutStepPlan = { weightPercent: 100, minDurationMs: 0, minRequests: 0, deadlineMs: 1 };

describe('queueing a release', () => {
  it('tells that the release is queued, with its whole plan, and has no effect', () => {
    const plan = planWith();
    expect(queueRelease(plan, 7)).toEqual({
      events: [expect.objectContaining({ type: 'release.queued', at: 7, releaseId: plan.releaseId, plan })],
      effects: [],
    });
  });

  it('accepts the default steps, which go 5, 10, 25, 50, 100 %', () => {
    expect(queueRelease(planWith({ steps: DEFAULT_STEPS }), 0).refusal).toBeUndefined();
    expect(DEFAULT_STEPS.map((step) => step.weightPercent)).toEqual([5, 10, 25, 50, 100]);
  });

  it.each([
    ['has no step', { steps: [] }, 'the last step must have weightPercent 100'],
    [
      'ends under 100 %',
      { steps: [{ ...STEP, weightPercent: 50 }] },
      'the last step must have weightPercent 100',
    ],
    ['has weights that do not rise', { steps: [STEP, STEP] }, 'steps[1]: weightPercent must be over 100'],
    [
      'has a weight over 100 %',
      { steps: [{ ...STEP, weightPercent: 101 }] },
      'steps[0]: weightPercent must be 100 at most',
    ],
    [
      'has a weight that is no number',
      { steps: [{ ...STEP, weightPercent: NaN }] },
      'steps[0]: weightPercent must be over 0',
    ],
    [
      'has a negative duration',
      { steps: [{ ...STEP, minDurationMs: -1 }] },
      'steps[0]: minDurationMs must not be negative',
    ],
    [
      'has a negative sample',
      { steps: [{ ...STEP, minRequests: -1 }] },
      'steps[0]: minRequests must not be negative',
    ],
    [
      'gives a step no time to be judged',
      { steps: [{ ...STEP, minDurationMs: 1 }] },
      'steps[0]: deadlineMs must be over minDurationMs',
    ],
    ['drains for a negative time', { drainMs: -1 }, 'drainMs must not be negative'],
    ['gives effects no time', { effectDeadlineMs: 0 }, 'effectDeadlineMs must be over 0'],
  ])('refuses a plan that %s, and names the field', (_, overrides, reason) => {
    expect(queueRelease(planWith(overrides), 0)).toEqual({ events: [], effects: [], refusal: { reason } });
  });
});
