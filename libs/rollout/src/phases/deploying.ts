import type { Decision } from '../decision';
import { retireWorkload } from '../effect';
import { fail } from '../endings/fail';
import { promote } from '../endings/promote';
import { eventBase } from '../events/event-base';
import type { Freeze, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Deploying, RolloutState } from '../state';
import { enterStep } from '../steps/enter-step';
import { NO_WEIGHT } from '../steps/weights';
import { beforeTraffic, failAtDeadline } from './before-traffic';

export function decideDeploying(
  { plan, freeze }: RolloutState,
  phase: Deploying,
  input: RolloutInput,
  now: number,
): Decision {
  // No session can be open on it, so nothing drains.
  const cleanup = plan.strategy === 'flag' ? [] : [retireWorkload(plan, plan.version)];
  switch (input.kind) {
    case 'workloadReady': {
      if (phase.deadlineAt === null) return { events: [], effects: [] };
      const next = enterTraffic(plan, freeze, now);
      const ready = { ...eventBase('workload.ready', plan, now), endpoint: input.endpoint };
      return { ...next, events: [ready, ...next.events] };
    }
    case 'workloadFailed': {
      const told = [{ ...eventBase('workload.failed', plan, now), reason: input.reason }];
      return fail(plan, { reason: `the workload failed: ${input.reason}`, told, cleanup }, now);
    }
    case 'tick':
      return failAtDeadline(plan, phase, cleanup, now);
    default:
      return beforeTraffic(plan, input, cleanup, now);
  }
}

/** All is ready for the first step; a freeze lets it wait. */
export function enterTraffic(plan: ReleasePlan, freeze: Freeze | null, now: number): Decision {
  const first = firstTraffic(plan, freeze, now);
  if (first.events.some(({ type }) => type === 'rollout.waiting')) return first;
  const started = { ...eventBase('rollout.started', plan, now), stableVersion: plan.stableVersion };
  return { ...first, events: [started, ...first.events] };
}

function firstTraffic(plan: ReleasePlan, freeze: Freeze | null, now: number): Decision {
  if (plan.stableVersion !== null) return enterStep({ plan, freeze, weights: NO_WEIGHT }, 0, now);
  if (freeze !== null)
    return { events: [{ ...eventBase('rollout.waiting', plan, now), freeze }], effects: [] };
  const reason = 'there is no stable version to compare with';
  return promote(plan, { cause: 'first-version', reason, actor: null }, now);
}
