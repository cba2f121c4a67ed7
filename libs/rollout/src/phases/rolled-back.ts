import { type Decision, refuse } from '../decision';
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
  if (input.kind === 'command')
    return refuse(`cannot ${input.command} ${plan.version}: it is rolled back already`);
  return decideDrain(plan, phase, plan.version, input, now);
}
