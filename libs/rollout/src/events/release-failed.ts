import type { RolloutState } from '../state';
import { byActor, clause } from '../wording';
import type { EventBase } from './event-base';

/** It ended before any production traffic. */
export interface ReleaseFailed extends EventBase<'release.failed'> {
  readonly reason: string;
  /** Null when the machine did it by itself. */
  readonly actor: string | null;
}

export function summary(event: ReleaseFailed): string {
  const { version, actor, reason } = event;
  const ended = actor === null ? 'failed' : 'was aborted';
  return `The release of ${version} ${ended}${byActor(actor)} before any traffic: ${clause(reason)}.`;
}

export function evolve(state: RolloutState, event: ReleaseFailed): RolloutState {
  return { ...state, phase: { kind: 'failed', reason: event.reason } };
}
