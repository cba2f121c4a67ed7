import type { StepPlan } from '@croupier/contracts';
import type { Decision } from '../decision';
import { effect, setFlag, setWeight, type Effect } from '../effect';
import { promote } from '../endings/promote';
import { eventBase } from '../events/event-base';
import { exhausted } from '../exhausted';
import type { Freeze } from '../input';
import type { ReleasePlan } from '../plan';
import { highestWeight, withStep, type Weights } from './weights';

/** What there is before the step. */
export interface Standpoint {
  readonly plan: ReleasePlan;
  readonly freeze: Freeze | null;
  readonly weights: Weights;
}

/** Begins a step, or waits for the end of a freeze; after the last step there is nothing left but promotion. */
export function enterStep(
  { plan, freeze, weights: before }: Standpoint,
  stepIndex: number,
  now: number,
): Decision {
  const step = plan.steps[stepIndex];
  if (step === undefined)
    return promote(plan, { cause: 'steps-passed', reason: 'every step is over', actor: null }, now);
  if (freeze !== null && givesSomethingNew(step))
    return { events: [{ ...eventBase('rollout.waiting', plan, now), freeze }], effects: [] };
  const weights = step.kind === 'setWeight' ? withStep(before, step) : before;
  return {
    events: [
      {
        ...eventBase('rollout.step', plan, now),
        stepIndex,
        stepCount: plan.steps.length,
        step,
        weights,
        weightPercent: highestWeight(weights),
        startedAt: isConfirmedByOthers(step) ? null : now,
        deadlineAt: deadlineOf(plan, step, now),
        rollBackAt: rollBackAtOf(plan, step, now),
      },
    ],
    effects: effectsOf(plan, stepIndex, step, weights),
  };
}

/** When an unfinished step is told, or a pause is over. */
export function deadlineOf(plan: ReleasePlan, step: StepPlan, now: number): number | null {
  switch (step.kind) {
    case 'analysis':
      return now + step.deadlineMs;
    case 'pause':
      return step.durationMs === null ? null : now + step.durationMs;
    case 'setWeight':
    case 'setFlag':
    case 'preview':
      return now + plan.effectDeadlineMs;
    default:
      return exhausted(step);
  }
}

export function rollBackAtOf(plan: ReleasePlan, step: StepPlan, now: number): number | null {
  if (step.kind === 'pause') return null;
  const limits = [
    ...(plan.progressDeadlineMs === null ? [] : [plan.progressDeadlineMs]),
    ...(step.kind === 'analysis' && step.onDeadline === 'roll-back' ? [step.deadlineMs] : []),
  ];
  return limits.length === 0 ? null : now + Math.min(...limits);
}

function givesSomethingNew(step: StepPlan): boolean {
  return step.kind === 'setWeight' || (step.kind === 'setFlag' && step.enabled);
}

function isConfirmedByOthers({ kind }: StepPlan): boolean {
  return kind === 'setWeight' || kind === 'setFlag';
}

function effectsOf(plan: ReleasePlan, stepIndex: number, step: StepPlan, weights: Weights): Effect[] {
  switch (step.kind) {
    case 'setWeight':
      return [setWeight(plan, stepIndex, weights)];
    case 'setFlag':
      return [setFlag(plan, stepIndex, step.flag, step.enabled)];
    case 'preview':
      return [effect('run-preview', plan, stepIndex)];
    case 'analysis':
    case 'pause':
      return [];
    default:
      return exhausted(step);
  }
}
