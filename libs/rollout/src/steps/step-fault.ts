import type { SetWeightStep, StepPlan } from '@croupier/contracts';
import { exhausted } from '../exhausted';
import { isEverywhere, NO_WEIGHT, weightBefore, withStep, type Weights } from './weights';

/** The first thing wrong with the steps, or null. Weights rise within their markets, and end at 100 everywhere. */
export function stepsFault(steps: readonly StepPlan[], changesNoTraffic: boolean): string | null {
  let weights = NO_WEIGHT;
  for (const [index, step] of steps.entries()) {
    const fault = stepFault(step, weights) ?? repetition(step, steps.slice(0, index));
    if (fault !== null) return `steps[${index}]: ${fault}`;
    if (step.kind !== 'setWeight') continue;
    if (changesNoTraffic) return `steps[${index}]: a release by flag sets no weight`;
    weights = withStep(weights, step);
  }
  if (changesNoTraffic || isEverywhere(weights)) return null;
  return 'the last setWeight must have weightPercent 100 and no markets';
}

/** Answers to both come late and repeated, and name no step: each must be asked for once, to belong to one step. */
function repetition(step: StepPlan, earlier: readonly StepPlan[]): string | null {
  if (step.kind === 'preview' && earlier.some(({ kind }) => kind === 'preview'))
    return 'only one preview can be made';
  if (
    step.kind === 'setFlag' &&
    earlier.some((other) => other.kind === 'setFlag' && other.flag === step.flag)
  )
    return `flag ${step.flag} is set by an earlier step`;
  return null;
}

/** A gateway copies by bucket, whatever the market. */
function mirrorFault({ weightPercent, markets, mirrorPercent = 0 }: SetWeightStep): string | null {
  if (mirrorPercent > 0 && markets !== null) return 'mirrorPercent must be left out of a wave';
  if (weightPercent + mirrorPercent > 100)
    return 'weightPercent and mirrorPercent must be 100 at most together';
  return null;
}

function stepFault(step: StepPlan, weights: Weights): string | null {
  switch (step.kind) {
    case 'setWeight': {
      const before = weightBefore(weights, step);
      if (!(step.weightPercent > before)) return `weightPercent must be over ${before}`;
      if (step.weightPercent > 100) return 'weightPercent must be 100 at most';
      if (step.markets?.length === 0) return 'markets must name one, or be null';
      return mirrorFault(step);
    }
    case 'analysis':
      if (!(step.minDurationMs >= 0)) return 'minDurationMs must not be negative';
      if (!(step.minRequests >= 0)) return 'minRequests must not be negative';
      if (!(step.deadlineMs > step.minDurationMs)) return 'deadlineMs must be over minDurationMs';
      return null;
    case 'pause':
      return step.durationMs === null || step.durationMs > 0 ? null : 'durationMs must be over 0';
    case 'setFlag':
    case 'preview':
      return null;
    default:
      return exhausted(step);
  }
}
