import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

/** Its open sessions have had their time. */
export interface WorkloadRetiring extends EventBase<'workload.retiring'> {
  /** The old stable version after a promotion, the canary after a rollback. */
  readonly workloadVersion: string;
}

export function summary(event: WorkloadRetiring): string {
  return `The drain is over; the workload of ${event.workloadVersion} is being stopped.`;
}

export function evolve(state: RolloutState, event: WorkloadRetiring): RolloutState {
  const { phase } = state;
  if (phase.kind !== 'promoted' && phase.kind !== 'rolled-back')
    throw new HistoryFault(event.type, phase.kind);
  return { ...state, phase: { ...phase, retireRequested: true } };
}
