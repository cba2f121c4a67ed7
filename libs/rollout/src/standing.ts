import type { ReleaseStatus } from '@croupier/contracts';
import { exhausted } from './exhausted';
import type { RolloutState } from './state';

export function statusOf(state: RolloutState): ReleaseStatus {
  return state.phase.kind;
}

/** Whether the release holds its subject's one slot: started, and not ended. */
export function isActive({ phase }: RolloutState): boolean {
  switch (phase.kind) {
    case 'staging':
    case 'testing':
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

/** The share of new sessions that the version should get, in percent, confirmed or not. */
export function currentWeight({ phase }: RolloutState): number {
  switch (phase.kind) {
    case 'progressing':
      return phase.weightPercent;
    case 'paused':
      return phase.resumeTo.weightPercent;
    case 'promoted':
      return 100;
    case 'queued':
    case 'staging':
    case 'testing':
    case 'migrating':
    case 'deploying':
    case 'rolled-back':
    case 'failed':
      return 0;
    default:
      return exhausted(phase);
  }
}

/** When a tick is next of use, in epoch milliseconds; null when time alone changes nothing. */
export function wakeAt({ phase }: RolloutState): number | null {
  switch (phase.kind) {
    case 'staging':
    case 'testing':
    case 'migrating':
    case 'deploying':
      return phase.deadlineAt;
    case 'progressing':
      return phase.held ? null : phase.deadlineAt;
    case 'promoted':
    case 'rolled-back':
      return phase.retireRequested || phase.retired ? null : phase.drainUntil;
    case 'queued':
    case 'paused':
    case 'failed':
      return null;
    default:
      return exhausted(phase);
  }
}
