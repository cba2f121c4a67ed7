import type { Freeze } from '../input';
import type { RolloutState } from '../state';
import { clause, moment } from '../wording';
import type { EventBase } from './event-base';

export interface RolloutFrozen extends EventBase<'rollout.frozen'> {
  readonly freeze: Freeze;
}

export function summary({ version, freeze }: RolloutFrozen): string {
  return `${version} gets no new traffic until ${moment(freeze.until)}: ${clause(freeze.name)}.`;
}

export function evolve(state: RolloutState, event: RolloutFrozen): RolloutState {
  return { ...state, freeze: event.freeze };
}
