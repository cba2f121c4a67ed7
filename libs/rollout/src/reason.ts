import type { RolloutEvent } from './event';
import { isEnded } from './standing';
import type { RolloutState } from './state';
import { summary } from './summary';

const ENDINGS: readonly RolloutEvent['type'][] = [
  'rollout.promoted',
  'rollout.rolled_back',
  'release.failed',
];

/**
 * Why a release is as it is, after these events; null when they change nothing of that. The last of them tells, but
 * what follows an ending (the confirmed weight, the drain) does not hide why it ended.
 */
export function reasonOf(state: RolloutState, events: readonly RolloutEvent[]): string | null {
  const told = isEnded(state) ? events.filter(({ type }) => ENDINGS.includes(type)) : events;
  const last = told.at(-1);
  return last === undefined ? null : summary(last);
}
