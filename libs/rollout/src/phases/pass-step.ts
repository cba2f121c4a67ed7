import type { Decision } from '../decision';
import { eventBase } from '../events/event-base';
import type { Judged } from '../input';
import type { ReleasePlan } from '../plan';
import type { Progressing } from '../state';
import { count, seconds } from '../wording';
import { enterStep } from './step';

/** What a healthy step still lacks to pass, or null. */
export function missingToPass(
  plan: ReleasePlan,
  phase: Progressing,
  requests: number,
  now: number,
): string | null {
  const step = plan.steps[phase.stepIndex];
  if (step === undefined) return `the plan has no step ${phase.stepIndex}`;
  if (phase.stepStartedAt === null) return 'not every live gateway has confirmed the weight';
  const elapsedMs = now - phase.stepStartedAt;
  if (elapsedMs < step.minDurationMs)
    return `only ${seconds(elapsedMs)} of ${seconds(step.minDurationMs)} are over`;
  if (requests < step.minRequests)
    return `only ${count(requests)} of ${count(step.minRequests)} requests are in`;
  return null;
}

export function passStep(plan: ReleasePlan, phase: Progressing, judged: Judged, now: number): Decision {
  const passed = {
    ...eventBase('step.passed', plan, now),
    stepIndex: phase.stepIndex,
    stepCount: plan.steps.length,
    weightPercent: phase.weightPercent,
    requests: judged.stepRequests,
    elapsedMs: now - (phase.stepStartedAt ?? now),
    evidence: judged.evidence,
    explanation: judged.explanation,
  };
  const next = enterStep(plan, phase.stepIndex + 1, now);
  return { ...next, events: [passed, ...next.events] };
}
