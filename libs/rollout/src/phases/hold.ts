import { type Decision, NOTHING } from '../decision';
import { eventBase } from '../events/event-base';
import type { RolloutHeld } from '../events/rollout-held';
import type { ReleasePlan } from '../plan';
import type { Progressing } from '../state';

type Finding = Pick<RolloutHeld, 'explanation' | 'evidence' | 'requests'>;

/** Inconclusive at the deadline: told once a step, and the weight stays. A later healthy verdict still passes it. */
export function holdAtDeadline(
  plan: ReleasePlan,
  phase: Progressing,
  finding: Finding,
  now: number,
): Decision {
  if (phase.held || now < phase.deadlineAt) return NOTHING;
  const { stepIndex, weightPercent } = phase;
  return {
    events: [{ ...eventBase('rollout.held', plan, now), stepIndex, weightPercent, ...finding }],
    effects: [],
  };
}
