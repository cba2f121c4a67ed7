import { type Decision, NOTHING } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import { commandBeforeTraffic } from './before-traffic';

export function decideQueued(plan: ReleasePlan, input: RolloutInput, now: number): Decision {
  switch (input.kind) {
    case 'start':
      // Promoting a version over itself would end in retiring the workload that players are on.
      if (input.stableVersion === plan.version)
        return fail(plan, { reason: `${plan.version} is the stable version already` }, now);
      return {
        events: [
          {
            ...eventBase('release.started', plan, now),
            stableVersion: input.stableVersion,
            deadlineAt: now + plan.effectDeadlineMs,
          },
        ],
        effects: [effect('deploy-staging', plan)],
      };
    case 'command':
      return commandBeforeTraffic(plan, input, [], now);
    default:
      return NOTHING;
  }
}
