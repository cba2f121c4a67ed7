import { type Decision, NOTHING, refuse } from '../decision';
import type { Effect } from '../effect';
import { fail } from '../endings/fail';
import { exhausted } from '../exhausted';
import type { Command } from '../input';
import type { ReleasePlan } from '../plan';

/** An abort ends the release; every other command needs a canary in traffic. */
export function commandBeforeTraffic(
  plan: ReleasePlan,
  { command, actor, reason }: Command,
  cleanup: readonly Effect[],
  now: number,
): Decision {
  switch (command) {
    case 'abort':
      return fail(plan, { reason, actor, cleanup }, now);
    case 'pause':
    case 'resume':
    case 'promote':
      return refuse(`cannot ${command} ${plan.version}: it has no production traffic yet`);
    default:
      return exhausted(command);
  }
}

export function failAtDeadline(
  plan: ReleasePlan,
  phase: { readonly kind: string; readonly deadlineAt: number },
  cleanup: readonly Effect[],
  now: number,
): Decision {
  if (now < phase.deadlineAt) return NOTHING;
  const reason = `${phase.kind} did not end within ${plan.effectDeadlineMs / 1000} s`;
  return fail(plan, { reason, cleanup }, now);
}
