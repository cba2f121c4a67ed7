import { HistoryFault } from '../history-fault';
import type { Progressing, RolloutState } from '../state';

/** The step under way needs nothing more; a pause or a freeze may keep the next one waiting. */
export function stepOver(
  state: RolloutState,
  eventType: string,
  changes: Partial<Progressing> = {},
): RolloutState {
  const { phase } = state;
  const over = { ...changes, passed: true };
  switch (phase.kind) {
    case 'progressing':
      return { ...state, phase: { ...phase, ...over } };
    case 'paused':
      return { ...state, phase: { ...phase, resumeTo: { ...phase.resumeTo, ...over } } };
    default:
      throw new HistoryFault(eventType, phase.kind);
  }
}

/** What was seen before says nothing of the flag. */
export function flagOver(state: RolloutState, at: number): RolloutState {
  return { ...state, flagsSetAt: { first: state.flagsSetAt?.first ?? at, last: at } };
}
