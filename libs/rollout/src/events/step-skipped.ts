import type { RolloutState } from '../state';
import { flagOver, stepOver } from '../steps/step-over';
import { byActor, clause } from '../wording';
import type { EventBase } from './event-base';

/** Somebody's word instead of evidence or time. */
export interface StepSkipped extends EventBase<'step.skipped'> {
  readonly stepIndex: number;
  readonly stepCount: number;
  readonly weightPercent: number;
  readonly actor: string;
  readonly reason: string;
}

export function summary({ stepIndex, stepCount, version, actor, reason }: StepSkipped): string {
  const step = `Step ${stepIndex + 1} of ${stepCount} of ${version}`;
  return `${step} is skipped${byActor(actor)}: ${clause(reason)}.`;
}

export function evolve(state: RolloutState, event: StepSkipped): RolloutState {
  const over = stepOver(state, event.type);
  switch (state.plan.steps[event.stepIndex]?.kind) {
    case 'setFlag':
      return flagOver(over, event.at);
    case 'setWeight':
      return { ...over, weightsSetAt: event.at };
    default:
      return over;
  }
}
