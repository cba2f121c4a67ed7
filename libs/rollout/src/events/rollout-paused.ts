import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { byActor, clause, percent } from '../wording';
import type { EventBase } from './event-base';

export interface RolloutPaused extends EventBase<'rollout.paused'> {
  readonly weightPercent: number;
  readonly reason: string;
  readonly actor: string;
}

export function summary(event: RolloutPaused): string {
  const { version, weightPercent, actor, reason } = event;
  return `${version} is paused at ${percent(weightPercent)}${byActor(actor)}: ${clause(reason)}.`;
}

export function evolve(state: RolloutState, event: RolloutPaused): RolloutState {
  const { phase } = state;
  if (phase.kind !== 'progressing') throw new HistoryFault(event.type, phase.kind);
  return { ...state, phase: { kind: 'paused', resumeTo: phase, reason: event.reason } };
}
