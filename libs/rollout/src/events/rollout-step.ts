import type { StepPlan } from '@croupier/contracts';
import { exhausted } from '../exhausted';
import type { RolloutState } from '../state';
import type { Weights } from '../steps/weights';
import { percent, seconds } from '../wording';
import type { EventBase } from './event-base';

/** A step begins. A weight or a flag that it sets has yet to be confirmed. */
export interface RolloutStep extends EventBase<'rollout.step'> {
  readonly stepIndex: number;
  readonly stepCount: number;
  readonly step: StepPlan;
  readonly weights: Weights;
  /** The largest share that any market has. */
  readonly weightPercent: number;
  /** When the step took hold; null while that has yet to be confirmed. */
  readonly startedAt: number | null;
  readonly deadlineAt: number | null;
  readonly rollBackAt: number | null;
}

export function summary(event: RolloutStep): string {
  return `Step ${event.stepIndex + 1} of ${event.stepCount}: ${what(event)}.`;
}

function what({ step, version, weightPercent }: RolloutStep): string {
  switch (step.kind) {
    case 'setWeight': {
      const where = step.markets === null ? '' : ` in ${step.markets.join(', ')}`;
      const mirrored =
        step.mirrorPercent === undefined
          ? ''
          : `, and requests of another ${percent(step.mirrorPercent)} are copied to it`;
      return `the weight of ${version} is set to ${percent(step.weightPercent)}${where}${mirrored}`;
    }
    case 'analysis':
      return `${version} is judged at ${percent(weightPercent)}`;
    case 'pause':
      return step.durationMs === null
        ? `${version} waits for an approval`
        : `${version} waits for ${seconds(step.durationMs)}`;
    case 'setFlag':
      return `the flag ${step.flag} is turned ${step.enabled ? 'on' : 'off'}`;
    case 'preview':
      return `${version} is checked without traffic`;
    default:
      return exhausted(step);
  }
}

export function evolve(state: RolloutState, event: RolloutStep): RolloutState {
  const { stepIndex, weights, startedAt: stepStartedAt, deadlineAt, rollBackAt } = event;
  const fresh = { held: false, passed: false, incidentAt: null };
  return {
    ...state,
    weightsSetAt: event.step.kind === 'setWeight' ? null : state.weightsSetAt,
    phase: { kind: 'progressing', stepIndex, weights, stepStartedAt, deadlineAt, rollBackAt, ...fresh },
  };
}
