import { type Decision, NOTHING, refuse } from '../decision';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { RolledBack } from '../state';
import { decideDrain } from './drain';

export function decideRolledBack(
  plan: ReleasePlan,
  phase: RolledBack,
  input: RolloutInput,
  now: number,
): Decision {
  switch (input.kind) {
    case 'weightConfirmed':
      if (input.stepIndex !== null || phase.switchedAt !== null) return NOTHING;
      return { events: [{ ...eventBase('weight.confirmed', plan, now), weightPercent: 0 }], effects: [] };
    case 'command':
      return refuse(`cannot ${input.command} ${plan.version}: it is rolled back already`);
    default:
      return decideDrain(plan, phase, plan.version, input, now);
  }
}
