import type { Decision } from '../decision';
import { NOTHING } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import { exhausted } from '../exhausted';
import type { Freeze, RolloutInput, Start, Unmet } from '../input';
import type { ReleasePlan } from '../plan';
import type { Queued, RolloutState } from '../state';
import { requestApproval } from './awaiting-approval';
import { beforeTraffic } from './before-traffic';
import { enterTraffic } from './deploying';

export function decideQueued(state: RolloutState, phase: Queued, input: RolloutInput, now: number): Decision {
  return input.kind === 'start' ? start(state, phase, input, now) : beforeTraffic(state.plan, input, [], now);
}

function start(
  { plan, freeze }: RolloutState,
  phase: Queued,
  { stableVersion, unmet, markets }: Start,
  now: number,
): Decision {
  const byFlag = plan.strategy === 'flag';
  // Promoting a version over itself would end in retiring the workload that players are on.
  if (stableVersion === plan.version && !byFlag)
    return fail(plan, { reason: `${plan.version} is the stable version already` }, now);
  if (stableVersion === null && byFlag)
    return fail(plan, { reason: 'there is no stable version whose flags could be set' }, now);
  if (plan.standsInFor !== undefined && stableVersion !== plan.standsInFor)
    return fail(plan, { reason: `${plan.standsInFor} is not the stable version any more` }, now);
  if (markets?.length === 0 && !byFlag) return wait(plan, phase, 'a certificate in any market', now);
  if (unmet.length > 0) return waitOrRefuse(plan, phase, unmet, now);
  return begin(plan, { stableVersion, ...(markets && !byFlag && { markets }) }, freeze, now);
}

function begin(
  queued: ReleasePlan,
  ground: Pick<ReleasePlan, 'stableVersion' | 'markets'>,
  freeze: Freeze | null,
  now: number,
): Decision {
  const plan = { ...queued, ...ground };
  const started = {
    ...eventBase('release.started', plan, now),
    ...ground,
    deadlineAt: now + plan.effectDeadlineMs,
  };
  // It has been proven where it is stable: only these markets' players have yet to show that it is right for them.
  if (queued.markets !== undefined)
    return { events: [{ ...started, leadsTo: 'deploying' }], effects: [effect('deploy-production', plan)] };
  switch (plan.strategy) {
    case 'canary':
    case 'blue-green':
    case 'all-at-once':
      return { events: [{ ...started, leadsTo: 'staging' }], effects: [effect('deploy-staging', plan)] };
    case 'rollback':
      return { events: [{ ...started, leadsTo: 'deploying' }], effects: [effect('deploy-production', plan)] };
    case 'flag': {
      const next = plan.approvalsRequired > 0 ? requestApproval(plan, now) : enterTraffic(plan, freeze, now);
      return { ...next, events: [{ ...started, leadsTo: 'traffic' }, ...next.events] };
    }
    default:
      return exhausted(plan.strategy);
  }
}

/** Told once for each set of what is unmet. */
function waitOrRefuse(plan: ReleasePlan, phase: Queued, unmet: readonly Unmet[], now: number): Decision {
  const reason = unmet.map(
    ({ subject, range, present }) => `${subject} ${range} (${present ?? 'none'} is stable)`,
  );
  const waitsFor = reason.join(', ');
  if (plan.whenUnmet === 'refuse') return fail(plan, { reason: `it requires ${waitsFor}` }, now);
  return wait(plan, phase, waitsFor, now);
}

function wait(plan: ReleasePlan, phase: Queued, waitsFor: string, now: number): Decision {
  if (phase.waitsFor === waitsFor) return NOTHING;
  return { events: [{ ...eventBase('release.waiting', plan, now), waitsFor }], effects: [] };
}
