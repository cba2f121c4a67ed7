import type { ReleaseStatus } from '@croupier/contracts';
import { exhausted } from './exhausted';
import { drainedAt } from './phases/drain';
import type { Progressing, RolloutState } from './state';
import { highestWeight } from './steps/weights';

export function statusOf(state: RolloutState): ReleaseStatus {
  return state.phase.kind;
}

/** Whether the release holds its subject's one slot: started, and not ended. */
export function isActive({ phase }: RolloutState): boolean {
  switch (phase.kind) {
    case 'staging':
    case 'testing':
    case 'awaiting-approval':
    case 'migrating':
    case 'deploying':
    case 'progressing':
    case 'paused':
      return true;
    case 'queued':
    case 'promoted':
    case 'rolled-back':
    case 'failed':
      return false;
    default:
      return exhausted(phase);
  }
}

/** Nothing more is decided but the confirmation of weight 0, and the drain. */
export function isEnded(state: RolloutState): boolean {
  return state.phase.kind !== 'queued' && !isActive(state);
}

/** Nothing more will happen by itself: no slot, no weight to confirm, nothing left to stop. */
export function isFinished({ phase }: RolloutState): boolean {
  switch (phase.kind) {
    case 'failed':
      return true;
    case 'promoted':
    case 'rolled-back':
      return phase.retired;
    default:
      return false;
  }
}

/** The step under way, paused or not; null when there is none. */
export function currentStep({ phase }: RolloutState): Progressing | null {
  if (phase.kind === 'progressing') return phase;
  return phase.kind === 'paused' ? phase.resumeTo : null;
}

/** The version whose production workload an active release has begun to use; null when it uses none of its own. */
export function inProduction({ plan, phase }: RolloutState): string | null {
  if (plan.strategy === 'flag') return null;
  return ['deploying', 'progressing', 'paused'].includes(phase.kind) ? plan.version : null;
}

/** The version whose workload it will stop, and when: Infinity while gateways may still deal it; null when there is none. */
export function draining({ plan, phase }: RolloutState): { version: string; until: number } | null {
  if ((phase.kind !== 'promoted' && phase.kind !== 'rolled-back') || phase.retired) return null;
  const version = phase.kind === 'promoted' ? plan.stableVersion : plan.version;
  return version === null ? null : { version, until: drainedAt(plan, phase) ?? Infinity };
}

/** The largest share of new sessions that the version should get in any market, in percent, confirmed or not. */
export function currentWeight(state: RolloutState): number {
  const step = currentStep(state);
  if (step !== null) return highestWeight(step.weights);
  return state.phase.kind === 'promoted' ? 100 : 0;
}

/** When a tick is next of use, in epoch milliseconds; null when time alone changes nothing. */
export function wakeAt(state: RolloutState): number | null {
  const { phase } = state;
  switch (phase.kind) {
    case 'staging':
    case 'testing':
    case 'migrating':
    case 'deploying':
      return phase.deadlineAt;
    case 'awaiting-approval':
      return phase.expiresAt ?? null;
    case 'progressing':
      return stepWakeAt(state, phase);
    case 'promoted':
    case 'rolled-back':
      return phase.retireRequested || phase.retired ? null : drainedAt(state.plan, phase);
    case 'queued':
    case 'paused':
    case 'failed':
      return null;
    default:
      return exhausted(phase);
  }
}

function stepWakeAt({ plan }: RolloutState, phase: Progressing): number | null {
  if (phase.passed) return null;
  const isPause = plan.steps[phase.stepIndex]?.kind === 'pause';
  const moments = [phase.held && !isPause ? null : phase.deadlineAt, phase.rollBackAt];
  return moments.reduce((first, at) => (at === null || (first !== null && first < at) ? first : at), null);
}
