import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { clause } from '../wording';
import type { EventBase } from './event-base';

/** It has its turn, and cannot start yet. */
export interface ReleaseWaiting extends EventBase<'release.waiting'> {
  readonly waitsFor: string;
}

export function summary({ version, waitsFor }: ReleaseWaiting): string {
  return `${version} waits for ${clause(waitsFor)}.`;
}

export function evolve(state: RolloutState, event: ReleaseWaiting): RolloutState {
  if (state.phase.kind !== 'queued') throw new HistoryFault(event.type, state.phase.kind);
  return { ...state, phase: { kind: 'queued', waitsFor: event.waitsFor } };
}
