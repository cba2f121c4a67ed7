import { type Decision, NOTHING } from '../decision';
import { retireWorkload } from '../effect';
import { fail } from '../endings/fail';
import { promote } from '../endings/promote';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Deploying } from '../state';
import { commandBeforeTraffic, failAtDeadline } from './before-traffic';
import { enterStep } from './step';

export function decideDeploying(
  plan: ReleasePlan,
  phase: Deploying,
  input: RolloutInput,
  now: number,
): Decision {
  // No session can be open on it, so nothing drains.
  const cleanup = [retireWorkload(plan, plan.version)];
  switch (input.kind) {
    case 'workloadReady':
      return startRollout(plan, input.endpoint, now);
    case 'workloadFailed': {
      const told = [{ ...eventBase('workload.failed', plan, now), reason: input.reason }];
      return fail(plan, { reason: `the workload failed: ${input.reason}`, told, cleanup }, now);
    }
    case 'command':
      return commandBeforeTraffic(plan, input, cleanup, now);
    case 'tick':
      return failAtDeadline(plan, phase, cleanup, now);
    default:
      return NOTHING;
  }
}

function startRollout(plan: ReleasePlan, endpoint: string, now: number): Decision {
  const first = firstTraffic(plan, now);
  return {
    events: [
      { ...eventBase('workload.ready', plan, now), endpoint },
      { ...eventBase('rollout.started', plan, now), stableVersion: plan.stableVersion },
      ...first.events,
    ],
    effects: first.effects,
  };
}

function firstTraffic(plan: ReleasePlan, now: number): Decision {
  if (plan.stableVersion !== null) return enterStep(plan, 0, now);
  const reason = 'there is no stable version to compare with';
  return promote(plan, { cause: 'first-version', reason, actor: null }, now);
}
