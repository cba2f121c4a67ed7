import { type Decision, refuse } from '../decision';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Promoted } from '../state';
import { decideDrain } from './drain';

export function decidePromoted(
  plan: ReleasePlan,
  phase: Promoted,
  input: RolloutInput,
  now: number,
): Decision {
  if (input.kind === 'command')
    return refuse(`cannot ${input.command} ${plan.version}: it is promoted already`);
  return decideDrain(plan, phase, plan.stableVersion, input, now);
}
