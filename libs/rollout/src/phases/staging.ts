import type { Decision } from '../decision';
import { effect } from '../effect';
import { fail } from '../endings/fail';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Staging } from '../state';
import { beforeTraffic, failAtDeadline } from './before-traffic';

export function decideStaging(plan: ReleasePlan, phase: Staging, input: RolloutInput, now: number): Decision {
  const cleanup = [effect('stop-staging', plan)];
  switch (input.kind) {
    case 'stagingDeployed':
      return {
        events: [{ ...eventBase('staging.deployed', plan, now), deadlineAt: now + plan.effectDeadlineMs }],
        effects: [effect('run-tests', plan)],
      };
    case 'stagingFailed':
      return fail(plan, { reason: `the staging deployment failed: ${input.reason}`, cleanup }, now);
    case 'tick':
      return failAtDeadline(plan, phase, cleanup, now);
    default:
      return beforeTraffic(plan, input, cleanup, now);
  }
}
