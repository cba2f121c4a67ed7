import type { Effect } from './effect';
import type { RolloutEvent } from './event';

export interface Decision {
  readonly events: readonly RolloutEvent[];
  /** Empty when `events` is: an effect always comes with the event that tells of it. */
  readonly effects: readonly Effect[];
  /** Set when an operator's command is impossible in the phase, or a plan is wrong. */
  readonly refusal?: { readonly reason: string };
}

export const NOTHING: Decision = { events: [], effects: [] };

export function refuse(reason: string): Decision {
  return { ...NOTHING, refusal: { reason } };
}
