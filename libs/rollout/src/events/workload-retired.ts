import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

export interface WorkloadRetired extends EventBase<'workload.retired'> {
  /** The old stable version after a promotion, the canary after a rollback. */
  readonly workloadVersion: string;
  /** It is stable, or another release needs it, so that it goes on. */
  readonly kept: boolean;
}

export function summary(event: WorkloadRetired): string {
  const { workloadVersion, kept } = event;
  const fate = kept ? 'goes on: another release needs it' : 'is stopped';
  return `The workload of ${workloadVersion} ${fate}.`;
}

export function evolve(state: RolloutState, event: WorkloadRetired): RolloutState {
  const { phase } = state;
  if (phase.kind !== 'promoted' && phase.kind !== 'rolled-back')
    throw new HistoryFault(event.type, phase.kind);
  return { ...state, phase: { ...phase, retired: true } };
}
