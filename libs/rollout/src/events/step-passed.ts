import type { MetricEvidence } from '@croupier/contracts';
import { clause, evidenceClause, percent, plural, seconds } from '../wording';
import type { RolloutState } from '../state';
import { stepOver } from '../steps/step-over';
import type { EventBase } from './event-base';

export interface StepPassed extends EventBase<'step.passed'> {
  readonly stepIndex: number;
  readonly stepCount: number;
  readonly weightPercent: number;
  /** Null when nothing was counted. */
  readonly requests: number | null;
  /** From the start of the step. */
  readonly elapsedMs: number;
  readonly evidence: readonly MetricEvidence[];
  readonly explanation: string;
}

export function summary(event: StepPassed): string {
  const { version, stepIndex, stepCount, weightPercent, requests, elapsedMs } = event;
  const step = `step ${stepIndex + 1} of ${stepCount}, ${percent(weightPercent)}`;
  if (requests === null)
    return `${version} passes (${step}) after ${seconds(elapsedMs)}: ${clause(event.explanation)}.`;
  const sample = `${plural(requests, 'request')} in ${seconds(elapsedMs)}`;
  return `${version} is healthy (${step}) after ${sample}${evidenceClause(event.evidence)}.`;
}

export function evolve(state: RolloutState, event: StepPassed): RolloutState {
  return stepOver(state, event.type);
}
