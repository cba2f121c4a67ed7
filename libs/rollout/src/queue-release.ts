import { type Decision, refuse } from './decision';
import { eventBase } from './events/event-base';
import type { ReleaseQueued } from './events/release-queued';
import { type ReleasePlan, planFault } from './plan';

/** Creates the aggregate; a plan that cannot be followed is refused. `order` when a person asked for it. */
export function queueRelease(plan: ReleasePlan, now: number, order: ReleaseQueued['order'] = null): Decision {
  const fault = planFault(plan);
  if (fault !== null) return refuse(fault);
  const ordered = order === null ? plan : { ...plan, orderedBy: order.actor };
  return { events: [{ ...eventBase('release.queued', plan, now), plan: ordered, order }], effects: [] };
}
