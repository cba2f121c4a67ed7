import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { byActor, clause, percent } from '../wording';
import type { EventBase } from './event-base';

export interface RolloutResumed extends EventBase<'rollout.resumed'> {
  readonly weightPercent: number;
  readonly reason: string;
  readonly actor: string;
  readonly deadlineAt: number | null;
  readonly rollBackAt: number | null;
}

export function summary(event: RolloutResumed): string {
  const { version, weightPercent, actor, reason } = event;
  return `${version} is resumed at ${percent(weightPercent)}${byActor(actor)}: ${clause(reason)}.`;
}

export function evolve(state: RolloutState, event: RolloutResumed): RolloutState {
  const { phase } = state;
  const { deadlineAt, rollBackAt } = event;
  if (phase.kind !== 'paused') throw new HistoryFault(event.type, phase.kind);
  return { ...state, phase: { ...phase.resumeTo, deadlineAt, rollBackAt } };
}
