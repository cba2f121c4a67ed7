import type { Decision } from '../decision';
import { eventBase } from '../events/event-base';
import type { StepPassed } from '../events/step-passed';
import type { RolloutEvent } from '../event';
import type { Command, Judged } from '../input';
import type { Progressing, RolloutState } from '../state';
import { count, seconds } from '../wording';
import { enterStep } from './enter-step';
import { highestWeight } from './weights';

export type Finding = Pick<StepPassed, 'requests' | 'evidence' | 'explanation'>;

/** What a healthy analysis still lacks to pass, or null. */
export function missingToPass(
  { plan }: RolloutState,
  phase: Progressing,
  requests: number,
  now: number,
): string | null {
  const step = plan.steps[phase.stepIndex];
  if (step?.kind !== 'analysis') return `step ${phase.stepIndex} of the plan is no analysis`;
  const elapsedMs = now - (phase.stepStartedAt ?? now);
  if (elapsedMs < step.minDurationMs)
    return `only ${seconds(elapsedMs)} of ${seconds(step.minDurationMs)} are over`;
  if (requests < step.minRequests)
    return `only ${count(requests)} of ${count(step.minRequests)} requests are in`;
  return null;
}

export function passAnalysis(state: RolloutState, phase: Progressing, judged: Judged, now: number): Decision {
  const { stepRequests: requests, evidence, explanation } = judged;
  return passStep(state, phase, { requests, evidence, explanation }, now);
}

/** The step has what it needed, and the next one begins. */
export function passStep(state: RolloutState, phase: Progressing, finding: Finding, now: number): Decision {
  return goOn(state, phase, stepPassed(state, phase, finding, now), now);
}

export function stepPassed(
  state: RolloutState,
  phase: Progressing,
  finding: Finding,
  now: number,
): StepPassed {
  return {
    ...eventBase('step.passed', state.plan, now),
    ...placeOf(state, phase),
    elapsedMs: now - (phase.stepStartedAt ?? now),
    ...finding,
  };
}

export function previewFinding(checks: readonly string[]): Finding {
  return { requests: null, evidence: [], explanation: `it answers without traffic: ${checks.join(', ')}` };
}

/** The next step begins although this one has not passed: somebody says so. */
export function skipStep(
  state: RolloutState,
  phase: Progressing,
  { actor, reason }: Command,
  now: number,
): Decision {
  const skipped = { ...eventBase('step.skipped', state.plan, now), ...placeOf(state, phase), actor, reason };
  return goOn(state, phase, skipped, now);
}

export function approveStep(
  state: RolloutState,
  phase: Progressing,
  { actor, reason }: Command,
  now: number,
): Decision {
  const approved = {
    ...eventBase('step.approved', state.plan, now),
    ...placeOf(state, phase),
    actor,
    reason,
  };
  return goOn(state, phase, approved, now);
}

export function overrideStep(
  state: RolloutState,
  phase: Progressing,
  { actor, reason }: Command,
  now: number,
): Decision {
  const { plan } = state;
  const overridden = {
    ...eventBase('approval.overridden', plan, now),
    ...{ digest: plan.digest, actor, reason, given: 0, required: 1, stepIndex: phase.stepIndex },
  };
  return goOn(state, phase, overridden, now);
}

/** Tells why the step is over, and enters the next. */
export function goOn(state: RolloutState, phase: Progressing, told: RolloutEvent, now: number): Decision {
  const next = enterNext(state, phase, now);
  return { ...next, events: [told, ...next.events] };
}

export function enterNext({ plan, freeze }: RolloutState, phase: Progressing, now: number): Decision {
  return enterStep({ plan, freeze, weights: phase.weights }, phase.stepIndex + 1, now);
}

function placeOf(
  { plan }: RolloutState,
  { stepIndex, weights }: Progressing,
): { stepIndex: number; stepCount: number; weightPercent: number } {
  return { stepIndex, stepCount: plan.steps.length, weightPercent: highestWeight(weights) };
}
