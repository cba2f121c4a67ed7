import type { Decision } from '../decision';
import { setWeight } from '../effect';
import { promote } from '../endings/promote';
import { eventBase } from '../events/event-base';
import type { ReleasePlan } from '../plan';

/** Sets the weight of a step; after the last one there is nothing left but promotion. */
export function enterStep(plan: ReleasePlan, stepIndex: number, now: number): Decision {
  const step = plan.steps[stepIndex];
  if (step === undefined)
    return promote(plan, { cause: 'steps-passed', reason: 'every step was healthy', actor: null }, now);
  return {
    events: [
      {
        ...eventBase('rollout.step', plan, now),
        stepIndex,
        stepCount: plan.steps.length,
        weightPercent: step.weightPercent,
        deadlineAt: now + step.deadlineMs,
      },
    ],
    effects: [setWeight(plan, step.weightPercent)],
  };
}
