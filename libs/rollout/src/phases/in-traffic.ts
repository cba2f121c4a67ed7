import { type Decision, NOTHING } from '../decision';
import { promote } from '../endings/promote';
import { rollBack } from '../endings/roll-back';
import { eventBase } from '../events/event-base';
import type { Command } from '../input';
import type { ReleasePlan } from '../plan';
import type { Progressing } from '../state';

/** What holds for a canary in traffic, whether its rollout goes on or is paused. */

export function stopFailedWorkload(
  plan: ReleasePlan,
  step: Progressing,
  reason: string,
  now: number,
): Decision {
  const told = { ...eventBase('workload.failed', plan, now), reason };
  const ending = rollBack(
    plan,
    step,
    { cause: 'workload-failed', reason: `the workload failed: ${reason}` },
    now,
  );
  return { ...ending, events: [told, ...ending.events] };
}

export function abort(
  plan: ReleasePlan,
  step: Progressing,
  { actor, reason }: Command,
  now: number,
): Decision {
  return rollBack(plan, step, { cause: 'operator', reason, actor }, now);
}

export function promoteByOperator(plan: ReleasePlan, { actor, reason }: Command, now: number): Decision {
  return promote(plan, { cause: 'operator', reason, actor }, now);
}

/** A confirmation of another weight is late, a second one is repeated. */
export function confirmWeight(
  plan: ReleasePlan,
  step: Progressing,
  weightPercent: number,
  now: number,
): Decision {
  if (step.stepStartedAt !== null || weightPercent !== step.weightPercent) return NOTHING;
  return { events: [{ ...eventBase('weight.confirmed', plan, now), weightPercent }], effects: [] };
}
