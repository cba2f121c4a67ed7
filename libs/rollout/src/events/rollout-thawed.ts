import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

export type RolloutThawed = EventBase<'rollout.thawed'>;

export function summary({ version }: RolloutThawed): string {
  return `The freeze is over: ${version} may go on.`;
}

export function evolve(state: RolloutState): RolloutState {
  return { ...state, freeze: null };
}
