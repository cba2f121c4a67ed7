import { isSameActor } from '@croupier/contracts';
import { type Decision, NOTHING, refuse } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import type { RolloutEvent } from '../event';
import { eventBase } from '../events/event-base';
import type { Command, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { AwaitingApproval, RolloutState } from '../state';
import { plural } from '../wording';
import { approvalFault, digestFault } from './approval-fault';
import { beforeTraffic } from './before-traffic';
import { enterTraffic } from './deploying';

export function requestApproval(plan: ReleasePlan, now: number): Decision {
  const { digest, approvalsRequired: required, approvalExpiresAfterMs = null } = plan;
  const expiresAt = approvalExpiresAfterMs === null ? null : now + approvalExpiresAfterMs;
  return {
    events: [{ ...eventBase('approval.requested', plan, now), digest, required, expiresAt }],
    effects: [],
  };
}

export function decideAwaitingApproval(
  state: RolloutState,
  phase: AwaitingApproval,
  input: RolloutInput,
  now: number,
): Decision {
  const { plan } = state;
  if (input.kind === 'tick') return isExpired(phase, now) ? expire(plan, phase, now) : NOTHING;
  if (input.kind !== 'command') return beforeTraffic(plan, input, [], now);
  switch (input.command) {
    case 'approve':
      return approve(state, phase, input, now);
    case 'override':
      return override(state, phase, input, now);
    case 'reject':
      return fail(plan, { reason: `it is not approved: ${input.reason}`, actor: input.actor }, now);
    default:
      return beforeTraffic(plan, input, [], now);
  }
}

function approve(state: RolloutState, phase: AwaitingApproval, command: Command, now: number): Decision {
  const { plan } = state;
  const { actor, reason } = command;
  const fault = approvalFault(plan, command) ?? requestFault(phase, now);
  if (fault !== null) return refuse(`cannot approve ${plan.version}: ${fault}`);
  if (phase.approvedBy.some((other) => isSameActor(other, actor)))
    return refuse(`cannot approve ${plan.version}: ${actor} has approved it already`);
  const { digest, approvalsRequired: required } = plan;
  const given = phase.approvedBy.length + 1;
  const approved = { ...eventBase('release.approved', plan, now), digest, actor, reason, given, required };
  return given < required ? { events: [approved], effects: [] } : letGo(state, approved, now);
}

/** Also by who has ordered it: at night there may be nobody else. */
function override(
  state: RolloutState,
  phase: AwaitingApproval,
  { actor, reason, digest: seen }: Command,
  now: number,
): Decision {
  const { plan } = state;
  const fault = digestFault(plan, seen) ?? requestFault(phase, now);
  if (fault !== null) return refuse(`cannot override the approval of ${plan.version}: ${fault}`);
  const { digest, approvalsRequired: required } = plan;
  const given = phase.approvedBy.length;
  const overridden = {
    ...eventBase('approval.overridden', plan, now),
    ...{ digest, actor, reason, given, required, stepIndex: null },
  };
  return letGo(state, overridden, now);
}

function letGo({ plan, freeze }: RolloutState, told: RolloutEvent, now: number): Decision {
  const next = plan.strategy === 'flag' ? enterTraffic(plan, freeze, now) : stage(plan, now);
  return { ...next, events: [told, ...next.events] };
}

function isExpired({ expiresAt }: AwaitingApproval, now: number): boolean {
  return typeof expiresAt === 'number' && now >= expiresAt;
}

function requestFault(phase: AwaitingApproval, now: number): string | null {
  return isExpired(phase, now) ? 'the request for it has expired' : null;
}

function expire(plan: ReleasePlan, { approvedBy }: AwaitingApproval, now: number): Decision {
  const had = `${approvedBy.length} of ${plural(plan.approvalsRequired, 'approval')}`;
  return fail(plan, { reason: `the request for approval has expired with ${had}` }, now);
}

/** Proven, and approved where that is asked for: its migrations may be applied. */
export function stage(plan: ReleasePlan, now: number): Decision {
  const { digest, effectDeadlineMs } = plan;
  return {
    events: [{ ...eventBase('release.staged', plan, now), digest, deadlineAt: now + effectDeadlineMs }],
    effects: [effect('request-migration', plan)],
  };
}
