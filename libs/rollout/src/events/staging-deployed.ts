import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

export interface StagingDeployed extends EventBase<'staging.deployed'> {
  readonly deadlineAt: number;
}

export function summary(event: StagingDeployed): string {
  return `${event.version} runs on staging; testing it there.`;
}

export function evolve(state: RolloutState, event: StagingDeployed): RolloutState {
  return { ...state, phase: { kind: 'testing', deadlineAt: event.deadlineAt } };
}
