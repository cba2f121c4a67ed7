import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { byActor, clause } from '../wording';
import type { EventBase } from './event-base';

/** One person's yes to this digest. */
export interface ReleaseApproved extends EventBase<'release.approved'> {
  readonly digest: string;
  readonly actor: string;
  readonly reason: string;
  /** This one included. */
  readonly given: number;
  readonly required: number;
}

export function summary({ version, actor, reason, given, required }: ReleaseApproved): string {
  return `${version} is approved${byActor(actor)} (${given} of ${required}): ${clause(reason)}.`;
}

/** The last one is followed by what it allows. */
export function evolve(state: RolloutState, event: ReleaseApproved): RolloutState {
  const { phase } = state;
  if (phase.kind !== 'awaiting-approval') throw new HistoryFault(event.type, phase.kind);
  if (event.given < event.required)
    return { ...state, phase: { ...phase, approvedBy: [...phase.approvedBy, event.actor] } };
  return { ...state, phase: { kind: 'deploying', deadlineAt: null } };
}
