import { type Decision, refuse } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import type { Command, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { AwaitingApproval, RolloutState } from '../state';
import { beforeTraffic } from './before-traffic';
import { enterTraffic } from './deploying';

export function requestApproval(plan: ReleasePlan, now: number): Decision {
  const { digest, approvalsRequired: required } = plan;
  return { events: [{ ...eventBase('approval.requested', plan, now), digest, required }], effects: [] };
}

export function decideAwaitingApproval(
  state: RolloutState,
  phase: AwaitingApproval,
  input: RolloutInput,
  now: number,
): Decision {
  const { plan } = state;
  if (input.kind !== 'command') return beforeTraffic(plan, input, [], now);
  switch (input.command) {
    case 'approve':
      return approve(state, phase, input, now);
    case 'reject':
      return fail(plan, { reason: `it is not approved: ${input.reason}`, actor: input.actor }, now);
    default:
      return beforeTraffic(plan, input, [], now);
  }
}

function approve(
  { plan, freeze }: RolloutState,
  { approvedBy }: AwaitingApproval,
  { actor, reason }: Command,
  now: number,
): Decision {
  if (approvedBy.includes(actor))
    return refuse(`cannot approve ${plan.version}: ${actor} has approved it already`);
  const { digest, approvalsRequired: required } = plan;
  const given = approvedBy.length + 1;
  const approved = { ...eventBase('release.approved', plan, now), digest, actor, reason, given, required };
  if (given < required) return { events: [approved], effects: [] };
  const next = plan.strategy === 'flag' ? enterTraffic(plan, freeze, now) : stage(plan, now);
  return { ...next, events: [approved, ...next.events] };
}

/** Proven, and approved where that is asked for: its migrations may be applied. */
export function stage(plan: ReleasePlan, now: number): Decision {
  const { digest, effectDeadlineMs } = plan;
  return {
    events: [{ ...eventBase('release.staged', plan, now), digest, deadlineAt: now + effectDeadlineMs }],
    effects: [effect('request-migration', plan)],
  };
}
