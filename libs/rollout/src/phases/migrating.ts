import type { Decision } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Migrating } from '../state';
import { beforeTraffic, failAtDeadline } from './before-traffic';

export function decideMigrating(
  plan: ReleasePlan,
  phase: Migrating,
  input: RolloutInput,
  now: number,
): Decision {
  switch (input.kind) {
    case 'migrationApplied':
      return {
        events: [
          {
            ...eventBase('migration.applied', plan, now),
            detail: input.detail,
            deadlineAt: now + plan.effectDeadlineMs,
          },
        ],
        effects: [effect('deploy-production', plan)],
      };
    case 'migrationFailed': {
      const told = [{ ...eventBase('migration.failed', plan, now), reason: input.reason }];
      return fail(plan, { reason: `the migration failed: ${input.reason}`, told }, now);
    }
    case 'tick':
      return failAtDeadline(plan, phase, [], now);
    default:
      return beforeTraffic(plan, input, [], now);
  }
}
