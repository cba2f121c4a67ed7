import { type Decision, NOTHING } from '../decision';
import { eventBase } from '../events/event-base';
import type { RolloutHeld } from '../events/rollout-held';
import type { ReleasePlan } from '../plan';
import type { Progressing } from '../state';
import { highestWeight } from '../steps/weights';

export type HoldFinding = Pick<RolloutHeld, 'explanation' | 'evidence' | 'requests'>;

/** Inconclusive at the deadline: told once a step, and the weight stays. A later healthy verdict still passes it. */
export function holdAtDeadline(
  plan: ReleasePlan,
  phase: Progressing,
  finding: HoldFinding,
  now: number,
): Decision {
  if (phase.held || phase.deadlineAt === null || now < phase.deadlineAt) return NOTHING;
  const { stepIndex } = phase;
  const weightPercent = highestWeight(phase.weights);
  return {
    events: [{ ...eventBase('rollout.held', plan, now), stepIndex, weightPercent, ...finding }],
    effects: [],
  };
}
