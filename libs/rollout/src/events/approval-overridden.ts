import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { stepOver } from '../steps/step-over';
import { byActor, clause } from '../wording';
import type { EventBase } from './event-base';

/** In an emergency somebody went on without the approvals that lacked. */
export interface ApprovalOverridden extends EventBase<'approval.overridden'> {
  readonly digest: string;
  readonly actor: string;
  readonly reason: string;
  /** Approvals there were. */
  readonly given: number;
  readonly required: number;
  /** The pause that waited for one; null before production. */
  readonly stepIndex: number | null;
}

export function summary({ version, actor, reason, given, required }: ApprovalOverridden): string {
  return `The approval of ${version} is overridden${byActor(actor)} (${given} of ${required}): ${clause(reason)}.`;
}

/** It is followed by what it allows. */
export function evolve(state: RolloutState, event: ApprovalOverridden): RolloutState {
  if (event.stepIndex !== null) return stepOver(state, event.type);
  if (state.phase.kind !== 'awaiting-approval') throw new HistoryFault(event.type, state.phase.kind);
  return { ...state, phase: { kind: 'deploying', deadlineAt: null } };
}
