import type { Effect, RolloutInput } from '@croupier/rollout';
import type { StoredRelease } from './release-store';

/** Effects that change the routing, which is the release store's. */
export type TrafficEffect = Extract<Effect, { readonly kind: 'set-weight' | 'promote-traffic' }>;

/** Effects that are a message to another service: the release store sends it with the decision, and nothing is pending. */
export type MessageEffect = Extract<Effect, { readonly kind: 'request-migration' | 'set-flag' }>;

/** All others. */
export type OutsideEffect = Exclude<Effect, TrafficEffect | MessageEffect>;

export interface EffectPerformer {
  /**
   * Makes it happen and answers what the release is told; null when others will tell it. Safe to repeat with the same
   * key: the outside is told the end state, not the change. A target refuses a fencing token lower than one it has seen.
   */
  perform(effect: OutsideEffect, release: StoredRelease, fencingToken: number): Promise<RolloutInput | null>;
}
