import type { ReleasePlan } from '../plan';
import type { RolloutState } from '../state';
import type { EventBase } from './event-base';

export interface ReleaseQueued extends EventBase<'release.queued'> {
  readonly plan: ReleasePlan;
}

export function summary(event: ReleaseQueued): string {
  return `${event.version} is queued for release.`;
}

/** The first event: there is nothing before it. */
export function create(event: ReleaseQueued): RolloutState {
  return { plan: event.plan, endpoint: null, phase: { kind: 'queued' } };
}
