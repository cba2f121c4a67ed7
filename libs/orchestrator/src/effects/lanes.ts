import type { Effect } from '@croupier/rollout';
import type { MessageEffect, TrafficEffect } from '../ports/effect-performer';

/** Effects on who is dealt what. */
export function isTraffic(effect: Effect): effect is TrafficEffect {
  return effect.kind === 'set-weight' || effect.kind === 'promote-traffic';
}

/** Effects that are over as soon as they are told. */
export function isMessage(effect: Effect): effect is MessageEffect {
  return effect.kind === 'request-migration' || effect.kind === 'set-flag';
}
