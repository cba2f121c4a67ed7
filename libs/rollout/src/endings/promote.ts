import type { Decision } from '../decision';
import { effect } from '../effect';
import { eventBase } from '../events/event-base';
import type { RolloutPromoted } from '../events/rollout-promoted';
import type { ReleasePlan } from '../plan';

export type PromoteCause = Pick<RolloutPromoted, 'cause' | 'reason' | 'actor'>;

/** The version becomes the stable one. A release by flag leaves traffic where it is. */
export function promote(plan: ReleasePlan, cause: PromoteCause, now: number): Decision {
  const changesTraffic = plan.strategy !== 'flag';
  return {
    events: [
      {
        ...eventBase('rollout.promoted', plan, now),
        ...cause,
        previousVersion: changesTraffic ? plan.stableVersion : null,
      },
    ],
    effects: changesTraffic ? [effect('promote-traffic', plan)] : [],
  };
}
