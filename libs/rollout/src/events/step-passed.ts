import type { MetricEvidence } from '@croupier/contracts';
import { evidenceClause, percent, plural, seconds } from '../wording';
import type { EventBase } from './event-base';

export interface StepPassed extends EventBase<'step.passed'> {
  readonly stepIndex: number;
  readonly stepCount: number;
  readonly weightPercent: number;
  readonly requests: number;
  /** From the confirmation of the weight to the verdict. */
  readonly elapsedMs: number;
  readonly evidence: readonly MetricEvidence[];
  readonly explanation: string;
}

export function summary(event: StepPassed): string {
  const { stepIndex, stepCount, weightPercent, requests, elapsedMs } = event;
  const step = `step ${stepIndex + 1} of ${stepCount}, ${percent(weightPercent)}`;
  const sample = `${plural(requests, 'request')} in ${seconds(elapsedMs)}`;
  return `${event.version} is healthy (${step}) after ${sample}${evidenceClause(event.evidence)}.`;
}
