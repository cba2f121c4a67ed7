import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

export interface WorkloadReady extends EventBase<'workload.ready'> {
  readonly endpoint: string;
}

export function summary(event: WorkloadReady): string {
  return `The production workload of ${event.version} is ready at ${event.endpoint}.`;
}

export function evolve(state: RolloutState, event: WorkloadReady): RolloutState {
  return { ...state, endpoint: event.endpoint };
}
