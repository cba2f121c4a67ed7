import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

export interface ReleaseStaged extends EventBase<'release.staged'> {
  readonly digest: string;
  readonly deadlineAt: number;
}

export function summary(event: ReleaseStaged): string {
  return `${event.version} is proven on staging; its migrations may be applied.`;
}

export function evolve(state: RolloutState, event: ReleaseStaged): RolloutState {
  return { ...state, phase: { kind: 'migrating', deadlineAt: event.deadlineAt } };
}
