import type { RolloutState } from '../state';
import { byActor, clause } from '../wording';
import type { EventBase } from './event-base';

export interface RolloutPromoted extends EventBase<'rollout.promoted'> {
  readonly previousVersion: string | null;
  readonly cause: 'steps-passed' | 'first-version' | 'operator';
  readonly reason: string;
  /** Null when the machine did it by itself. */
  readonly actor: string | null;
}

export function summary(event: RolloutPromoted): string {
  const { version, previousVersion, actor, reason } = event;
  const replaced = previousVersion === null ? '' : ` in place of ${previousVersion}`;
  return `${version} is promoted${byActor(actor)} to 100 %${replaced}: ${clause(reason)}.`;
}

export function evolve(state: RolloutState, event: RolloutPromoted): RolloutState {
  const retired = event.previousVersion === null;
  return { ...state, phase: { kind: 'promoted', switchedAt: null, retireRequested: false, retired } };
}
