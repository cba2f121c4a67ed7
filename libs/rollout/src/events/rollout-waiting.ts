import { HistoryFault } from '../history-fault';
import type { Freeze } from '../input';
import type { RolloutState } from '../state';
import { clause, moment } from '../wording';
import type { EventBase } from './event-base';

/** All is ready for the next step, but for a freeze. */
export interface RolloutWaiting extends EventBase<'rollout.waiting'> {
  readonly freeze: Freeze;
}

export function summary({ version, freeze }: RolloutWaiting): string {
  return `The next step of ${version} waits until ${moment(freeze.until)}: ${clause(freeze.name)}.`;
}

export function evolve(state: RolloutState, event: RolloutWaiting): RolloutState {
  const { phase } = state;
  if (phase.kind === 'deploying') return { ...state, phase: { ...phase, deadlineAt: null } };
  // What has passed says so already.
  if (phase.kind === 'progressing' && phase.passed) return state;
  throw new HistoryFault(event.type, phase.kind);
}
