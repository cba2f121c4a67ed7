import type { RolloutEvent } from './event';
import * as approvalOverridden from './events/approval-overridden';
import * as approvalRequested from './events/approval-requested';
import * as flagSet from './events/flag-set';
import * as migrationApplied from './events/migration-applied';
import * as releaseApproved from './events/release-approved';
import * as releaseFailed from './events/release-failed';
import * as releaseQueued from './events/release-queued';
import * as releaseStaged from './events/release-staged';
import * as releaseStarted from './events/release-started';
import * as releaseWaiting from './events/release-waiting';
import * as rolloutFrozen from './events/rollout-frozen';
import * as rolloutHeld from './events/rollout-held';
import * as rolloutIncident from './events/rollout-incident';
import * as rolloutPaused from './events/rollout-paused';
import * as rolloutPromoted from './events/rollout-promoted';
import * as rolloutResumed from './events/rollout-resumed';
import * as rolloutRolledBack from './events/rollout-rolled-back';
import * as rolloutStep from './events/rollout-step';
import * as rolloutThawed from './events/rollout-thawed';
import * as rolloutWaiting from './events/rollout-waiting';
import * as stagingDeployed from './events/staging-deployed';
import * as stepApproved from './events/step-approved';
import * as stepPassed from './events/step-passed';
import * as stepSkipped from './events/step-skipped';
import * as weightConfirmed from './events/weight-confirmed';
import * as workloadReady from './events/workload-ready';
import * as workloadRetired from './events/workload-retired';
import * as workloadRetiring from './events/workload-retiring';
import { exhausted } from './exhausted';
import { HistoryFault } from './history-fault';
import type { RolloutState } from './state';

/** Folds a history. Throws `HistoryFault` on one that this machine cannot have written. */
export function replay(events: readonly RolloutEvent[]): RolloutState | undefined {
  return events.reduce<RolloutState | undefined>(evolve, undefined);
}

export function evolve(state: RolloutState | undefined, event: RolloutEvent): RolloutState {
  if (event.type === 'release.queued') return releaseQueued.create(event);
  if (state === undefined) throw new HistoryFault(event.type, 'none');
  switch (event.type) {
    case 'release.started':
      return releaseStarted.evolve(state, event);
    case 'staging.deployed':
      return stagingDeployed.evolve(state, event);
    case 'release.staged':
      return releaseStaged.evolve(state, event);
    case 'migration.applied':
      return migrationApplied.evolve(state, event);
    case 'workload.ready':
      return workloadReady.evolve(state, event);
    case 'rollout.step':
      return rolloutStep.evolve(state, event);
    case 'weight.confirmed':
      return weightConfirmed.evolve(state, event);
    case 'rollout.held':
      return rolloutHeld.evolve(state, event);
    case 'rollout.paused':
      return rolloutPaused.evolve(state, event);
    case 'rollout.resumed':
      return rolloutResumed.evolve(state, event);
    case 'rollout.promoted':
      return rolloutPromoted.evolve(state, event);
    case 'rollout.rolled_back':
      return rolloutRolledBack.evolve(state, event);
    case 'release.failed':
      return releaseFailed.evolve(state, event);
    case 'workload.retiring':
      return workloadRetiring.evolve(state, event);
    case 'workload.retired':
      return workloadRetired.evolve(state, event);
    case 'approval.requested':
      return approvalRequested.evolve(state, event);
    case 'approval.overridden':
      return approvalOverridden.evolve(state, event);
    case 'flag.set':
      return flagSet.evolve(state, event);
    case 'release.approved':
      return releaseApproved.evolve(state, event);
    case 'release.waiting':
      return releaseWaiting.evolve(state, event);
    case 'rollout.frozen':
      return rolloutFrozen.evolve(state, event);
    case 'rollout.incident':
      return rolloutIncident.evolve(state, event);
    case 'rollout.thawed':
      return rolloutThawed.evolve(state);
    case 'rollout.waiting':
      return rolloutWaiting.evolve(state, event);
    case 'step.approved':
      return stepApproved.evolve(state, event);
    case 'step.skipped':
      return stepSkipped.evolve(state, event);
    case 'step.passed':
      return stepPassed.evolve(state, event);
    // Told for the timeline; the event after it moves the release.
    case 'tests.passed':
    case 'tests.failed':
    case 'migration.failed':
    case 'workload.failed':
    case 'rollout.started':
      return state;
    default:
      return exhausted(event);
  }
}
