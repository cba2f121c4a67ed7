import { type Decision, refuse } from './decision';
import { eventBase } from './events/event-base';
import { type ReleasePlan, planFault } from './plan';

/** Creates the aggregate; a plan that cannot be followed is refused. */
export function queueRelease(plan: ReleasePlan, now: number): Decision {
  const fault = planFault(plan);
  if (fault !== null) return refuse(fault);
  return { events: [{ ...eventBase('release.queued', plan, now), plan }], effects: [] };
}
