import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

/** The release has its turn; what is stable is fixed from here on. */
export interface ReleaseStarted extends EventBase<'release.started'> {
  readonly stableVersion: string | null;
  readonly deadlineAt: number;
}

export function summary(event: ReleaseStarted): string {
  const stable = event.stableVersion ?? 'no version yet';
  return `The release of ${event.version} has started, with ${stable} as stable; deploying it on staging.`;
}

export function evolve(state: RolloutState, event: ReleaseStarted): RolloutState {
  return {
    ...state,
    plan: { ...state.plan, stableVersion: event.stableVersion },
    phase: { kind: 'staging', deadlineAt: event.deadlineAt },
  };
}
