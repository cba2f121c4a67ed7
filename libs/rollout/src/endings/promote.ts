import type { Decision } from '../decision';
import { effect } from '../effect';
import { eventBase } from '../events/event-base';
import type { RolloutPromoted } from '../events/rollout-promoted';
import type { ReleasePlan } from '../plan';

export type PromoteCause = Pick<RolloutPromoted, 'cause' | 'reason' | 'actor'>;

/** The version becomes the stable one. */
export function promote(plan: ReleasePlan, cause: PromoteCause, now: number): Decision {
  return {
    events: [
      {
        ...eventBase('rollout.promoted', plan, now),
        ...cause,
        previousVersion: plan.stableVersion,
        drainUntil: now + plan.drainMs,
      },
    ],
    effects: [effect('promote-traffic', plan)],
  };
}
