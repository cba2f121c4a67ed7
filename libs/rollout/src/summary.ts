import type { RolloutEvent } from './event';
import * as approvalOverridden from './events/approval-overridden';
import * as approvalRequested from './events/approval-requested';
import * as flagSet from './events/flag-set';
import * as migrationApplied from './events/migration-applied';
import * as migrationFailed from './events/migration-failed';
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
import * as rolloutStarted from './events/rollout-started';
import * as rolloutStep from './events/rollout-step';
import * as rolloutThawed from './events/rollout-thawed';
import * as rolloutWaiting from './events/rollout-waiting';
import * as stagingDeployed from './events/staging-deployed';
import * as stepApproved from './events/step-approved';
import * as stepPassed from './events/step-passed';
import * as stepSkipped from './events/step-skipped';
import * as testsFailed from './events/tests-failed';
import * as testsPassed from './events/tests-passed';
import * as weightConfirmed from './events/weight-confirmed';
import * as workloadFailed from './events/workload-failed';
import * as workloadReady from './events/workload-ready';
import * as workloadRetired from './events/workload-retired';
import * as workloadRetiring from './events/workload-retiring';
import { exhausted } from './exhausted';

/** One plain sentence for the timeline. */
export function summary(event: RolloutEvent): string {
  switch (event.type) {
    case 'release.queued':
      return releaseQueued.summary(event);
    case 'release.started':
      return releaseStarted.summary(event);
    case 'staging.deployed':
      return stagingDeployed.summary(event);
    case 'tests.passed':
      return testsPassed.summary(event);
    case 'tests.failed':
      return testsFailed.summary(event);
    case 'release.staged':
      return releaseStaged.summary(event);
    case 'migration.applied':
      return migrationApplied.summary(event);
    case 'migration.failed':
      return migrationFailed.summary(event);
    case 'workload.ready':
      return workloadReady.summary(event);
    case 'workload.failed':
      return workloadFailed.summary(event);
    case 'rollout.started':
      return rolloutStarted.summary(event);
    case 'rollout.step':
      return rolloutStep.summary(event);
    case 'weight.confirmed':
      return weightConfirmed.summary(event);
    case 'step.passed':
      return stepPassed.summary(event);
    case 'rollout.held':
      return rolloutHeld.summary(event);
    case 'rollout.paused':
      return rolloutPaused.summary(event);
    case 'rollout.resumed':
      return rolloutResumed.summary(event);
    case 'rollout.promoted':
      return rolloutPromoted.summary(event);
    case 'rollout.rolled_back':
      return rolloutRolledBack.summary(event);
    case 'release.failed':
      return releaseFailed.summary(event);
    case 'workload.retiring':
      return workloadRetiring.summary(event);
    case 'workload.retired':
      return workloadRetired.summary(event);
    case 'approval.requested':
      return approvalRequested.summary(event);
    case 'approval.overridden':
      return approvalOverridden.summary(event);
    case 'flag.set':
      return flagSet.summary(event);
    case 'release.approved':
      return releaseApproved.summary(event);
    case 'release.waiting':
      return releaseWaiting.summary(event);
    case 'rollout.frozen':
      return rolloutFrozen.summary(event);
    case 'rollout.incident':
      return rolloutIncident.summary(event);
    case 'rollout.thawed':
      return rolloutThawed.summary(event);
    case 'rollout.waiting':
      return rolloutWaiting.summary(event);
    case 'step.approved':
      return stepApproved.summary(event);
    case 'step.skipped':
      return stepSkipped.summary(event);
    default:
      return exhausted(event);
  }
}
