import type { RolloutState } from '../state';
import { flagOver, stepOver } from '../steps/step-over';
import type { EventBase } from './event-base';

/** The flags service has done what a step asked for. */
export interface FlagSet extends EventBase<'flag.set'> {
  readonly flag: string;
  readonly enabled: boolean;
}

export function summary({ flag, enabled, version }: FlagSet): string {
  return `The flag ${flag} is ${enabled ? 'on' : 'off'} for the rollout of ${version}.`;
}

export function evolve(state: RolloutState, event: FlagSet): RolloutState {
  return flagOver(stepOver(state, event.type, { stepStartedAt: event.at }), event.at);
}
