import { type Decision, NOTHING } from './decision';
import { eventBase } from './events/event-base';
import type { Freeze } from './input';
import { enterTraffic } from './phases/deploying';
import { isEnded } from './standing';
import type { RolloutState } from './state';
import { enterNext } from './steps/pass-step';

/** A freeze that begins or changes is told; one that ends lets go what has waited for it. A way back is never frozen. */
export function decideFreeze(state: RolloutState, freeze: Freeze | null, now: number): Decision {
  const { plan } = state;
  if (isEnded(state) || plan.strategy === 'rollback' || isSame(state.freeze, freeze)) return NOTHING;
  if (freeze !== null)
    return { events: [{ ...eventBase('rollout.frozen', plan, now), freeze }], effects: [] };
  const next = waiting({ ...state, freeze: null }, now);
  return { ...next, events: [{ ...eventBase('rollout.thawed', plan, now) }, ...next.events] };
}

function waiting(thawed: RolloutState, now: number): Decision {
  const { phase } = thawed;
  if (phase.kind === 'deploying' && phase.deadlineAt === null) return enterTraffic(thawed.plan, null, now);
  if (phase.kind === 'progressing' && phase.passed) return enterNext(thawed, phase, now);
  return NOTHING;
}

function isSame(one: Freeze | null, other: Freeze | null): boolean {
  return one?.name === other?.name && one?.until === other?.until;
}
