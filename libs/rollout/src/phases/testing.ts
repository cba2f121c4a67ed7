import type { Decision } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Testing } from '../state';
import { requestApproval, stage } from './awaiting-approval';
import { beforeTraffic, failAtDeadline } from './before-traffic';

export function decideTesting(plan: ReleasePlan, phase: Testing, input: RolloutInput, now: number): Decision {
  const cleanup = [effect('stop-staging', plan)];
  switch (input.kind) {
    case 'testsPassed': {
      const passed = { ...eventBase('tests.passed', plan, now), checks: input.checks };
      const next = plan.approvalsRequired > 0 ? requestApproval(plan, now) : stage(plan, now);
      return { events: [passed, ...next.events], effects: [...cleanup, ...next.effects] };
    }
    case 'testsFailed': {
      const told = [{ ...eventBase('tests.failed', plan, now), reason: input.reason }];
      return fail(plan, { reason: `the staging tests failed: ${input.reason}`, told, cleanup }, now);
    }
    case 'tick':
      return failAtDeadline(plan, phase, cleanup, now);
    default:
      return beforeTraffic(plan, input, cleanup, now);
  }
}
