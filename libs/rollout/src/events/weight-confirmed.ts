import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { percent } from '../wording';
import type { EventBase } from './event-base';

/** Every live gateway deals by the weight. */
export interface WeightConfirmed extends EventBase<'weight.confirmed'> {
  readonly weightPercent: number;
}

export function summary(event: WeightConfirmed): string {
  return `Every live gateway deals ${percent(event.weightPercent)} to ${event.version}.`;
}

export function evolve(state: RolloutState, event: WeightConfirmed): RolloutState {
  const { phase } = state;
  switch (phase.kind) {
    case 'progressing':
      return { ...state, phase: { ...phase, stepStartedAt: event.at } };
    case 'paused':
      return { ...state, phase: { ...phase, resumeTo: { ...phase.resumeTo, stepStartedAt: event.at } } };
    case 'rolled-back':
      return { ...state, phase: { ...phase, switchedAt: event.at } };
    default:
      throw new HistoryFault(event.type, phase.kind);
  }
}
