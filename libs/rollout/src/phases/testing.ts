import { type Decision, NOTHING } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Testing } from '../state';
import { commandBeforeTraffic, failAtDeadline } from './before-traffic';

export function decideTesting(plan: ReleasePlan, phase: Testing, input: RolloutInput, now: number): Decision {
  const cleanup = [effect('stop-staging', plan)];
  switch (input.kind) {
    case 'testsPassed':
      return {
        events: [
          { ...eventBase('tests.passed', plan, now), checks: input.checks },
          {
            ...eventBase('release.staged', plan, now),
            digest: plan.digest,
            deadlineAt: now + plan.effectDeadlineMs,
          },
        ],
        effects: [...cleanup, effect('request-migration', plan)],
      };
    case 'testsFailed': {
      const told = [{ ...eventBase('tests.failed', plan, now), reason: input.reason }];
      return fail(plan, { reason: `the staging tests failed: ${input.reason}`, told, cleanup }, now);
    }
    case 'command':
      return commandBeforeTraffic(plan, input, cleanup, now);
    case 'tick':
      return failAtDeadline(plan, phase, cleanup, now);
    default:
      return NOTHING;
  }
}
