import type { RolloutState } from '../state';
import { stepOver } from '../steps/step-over';
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
  if (phase.kind === 'promoted' || phase.kind === 'rolled-back')
    return { ...state, phase: { ...phase, switchedAt: event.at } };
  return { ...stepOver(state, event.type, { stepStartedAt: event.at }), weightsSetAt: event.at };
}
