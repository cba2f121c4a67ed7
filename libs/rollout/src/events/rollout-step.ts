import type { RolloutState } from '../state';
import { percent } from '../wording';
import type { EventBase } from './event-base';

/** The weight is set; the gateways have yet to confirm it. */
export interface RolloutStep extends EventBase<'rollout.step'> {
  readonly stepIndex: number;
  readonly stepCount: number;
  readonly weightPercent: number;
  readonly deadlineAt: number;
}

export function summary(event: RolloutStep): string {
  const { stepIndex, stepCount, weightPercent, version } = event;
  return `Step ${stepIndex + 1} of ${stepCount}: the weight of ${version} is set to ${percent(weightPercent)}.`;
}

export function evolve(state: RolloutState, event: RolloutStep): RolloutState {
  const { stepIndex, weightPercent, deadlineAt } = event;
  return {
    ...state,
    phase: { kind: 'progressing', stepIndex, weightPercent, stepStartedAt: null, deadlineAt, held: false },
  };
}
