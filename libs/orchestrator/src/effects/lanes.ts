import type { Effect } from '@croupier/rollout';
import type { MessageEffect, TrafficEffect } from '../ports/effect-performer';

/** Effects on who is dealt what. */
export const TRAFFIC_KINDS: readonly Effect['kind'][] = [
  'set-weight',
  'promote-traffic',
] satisfies TrafficEffect['kind'][];

export function isTraffic(effect: Effect): effect is TrafficEffect {
  return TRAFFIC_KINDS.includes(effect.kind);
}

/** Effects that are over as soon as they are told. */
export function isMessage(effect: Effect): effect is MessageEffect {
  return effect.kind === 'request-migration' || effect.kind === 'set-flag';
}
