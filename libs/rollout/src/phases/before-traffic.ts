import { type Decision, NOTHING, refuse } from '../decision';
import type { Effect } from '../effect';
import { fail } from '../endings/fail';
import { exhausted } from '../exhausted';
import type { Command, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';

/** What holds in every phase before production traffic. */
export function beforeTraffic(
  plan: ReleasePlan,
  input: RolloutInput,
  cleanup: readonly Effect[],
  now: number,
): Decision {
  switch (input.kind) {
    case 'command':
      return commandBeforeTraffic(plan, input, cleanup, now);
    case 'superseded':
      return fail(plan, { reason: `it is superseded by ${input.byVersion}`, cleanup }, now);
    case 'revoked':
      return fail(plan, { reason: `it is revoked: ${input.reason}`, cleanup }, now);
    default:
      return NOTHING;
  }
}

/** An abort ends the release; every other command needs a canary in traffic. */
function commandBeforeTraffic(
  plan: ReleasePlan,
  { command, actor, reason }: Command,
  cleanup: readonly Effect[],
  now: number,
): Decision {
  switch (command) {
    case 'abort':
      return fail(plan, { reason, actor, cleanup }, now);
    case 'approve':
    case 'reject':
    case 'override':
      return refuse(`cannot ${command} ${plan.version}: it waits for no approval`);
    case 'pause':
    case 'resume':
    case 'promote':
    case 'skip':
      return refuse(`cannot ${command} ${plan.version}: it has no production traffic yet`);
    default:
      return exhausted(command);
  }
}

export function failAtDeadline(
  plan: ReleasePlan,
  phase: { readonly kind: string; readonly deadlineAt: number | null },
  cleanup: readonly Effect[],
  now: number,
): Decision {
  if (phase.deadlineAt === null || now < phase.deadlineAt) return NOTHING;
  const reason = `${phase.kind} did not end within ${plan.effectDeadlineMs / 1000} s`;
  return fail(plan, { reason, cleanup }, now);
}
