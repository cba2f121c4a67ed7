import { type Decision, NOTHING, refuse } from '../decision';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';

export function decideFailed(plan: ReleasePlan, input: RolloutInput): Decision {
  if (input.kind === 'command')
    return refuse(`cannot ${input.command} ${plan.version}: it has failed already`);
  return NOTHING;
}
