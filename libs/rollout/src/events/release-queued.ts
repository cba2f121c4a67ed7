import type { ReleasePlan } from '../plan';
import type { RolloutState } from '../state';
import { byActor, clause } from '../wording';
import type { EventBase } from './event-base';

export interface ReleaseQueued extends EventBase<'release.queued'> {
  readonly plan: ReleasePlan;
  /** Who asked for it and why; null when the policy let it through by itself. */
  readonly order: { readonly actor: string; readonly reason: string } | null;
}

export function summary(event: ReleaseQueued): string {
  const { version, plan, order } = event;
  if (order === null) return `${version} is queued for release (${plan.strategy}).`;
  return `${version} is queued for release (${plan.strategy})${byActor(order.actor)}: ${clause(order.reason)}.`;
}

/** The first event: there is nothing before it. */
export function create(event: ReleaseQueued): RolloutState {
  return {
    plan: event.plan,
    endpoint: null,
    freeze: null,
    incidents: 0,
    incidentAt: null,
    flagsSetAt: null,
    weightsSetAt: null,
    phase: { kind: 'queued', waitsFor: null },
  };
}
