import type { ApprovalOverridden } from './events/approval-overridden';
import type { ApprovalRequested } from './events/approval-requested';
import type { FlagSet } from './events/flag-set';
import type { MigrationApplied } from './events/migration-applied';
import type { MigrationFailed } from './events/migration-failed';
import type { ReleaseApproved } from './events/release-approved';
import type { ReleaseFailed } from './events/release-failed';
import type { ReleaseQueued } from './events/release-queued';
import type { ReleaseStaged } from './events/release-staged';
import type { ReleaseStarted } from './events/release-started';
import type { ReleaseWaiting } from './events/release-waiting';
import type { RolloutFrozen } from './events/rollout-frozen';
import type { RolloutHeld } from './events/rollout-held';
import type { RolloutIncident } from './events/rollout-incident';
import type { RolloutPaused } from './events/rollout-paused';
import type { RolloutPromoted } from './events/rollout-promoted';
import type { RolloutResumed } from './events/rollout-resumed';
import type { RolloutRolledBack } from './events/rollout-rolled-back';
import type { RolloutStarted } from './events/rollout-started';
import type { RolloutStep } from './events/rollout-step';
import type { RolloutThawed } from './events/rollout-thawed';
import type { RolloutWaiting } from './events/rollout-waiting';
import type { StagingDeployed } from './events/staging-deployed';
import type { StepApproved } from './events/step-approved';
import type { StepPassed } from './events/step-passed';
import type { StepSkipped } from './events/step-skipped';
import type { TestsFailed } from './events/tests-failed';
import type { TestsPassed } from './events/tests-passed';
import type { WeightConfirmed } from './events/weight-confirmed';
import type { WorkloadFailed } from './events/workload-failed';
import type { WorkloadReady } from './events/workload-ready';
import type { WorkloadRetired } from './events/workload-retired';
import type { WorkloadRetiring } from './events/workload-retiring';

/** What has happened to a release: all of its state, and its timeline. */
export type RolloutEvent =
  | ReleaseQueued
  | ReleaseWaiting
  | ReleaseStarted
  | StagingDeployed
  | TestsPassed
  | TestsFailed
  | ApprovalRequested
  | ReleaseApproved
  | ApprovalOverridden
  | ReleaseStaged
  | MigrationApplied
  | MigrationFailed
  | WorkloadReady
  | WorkloadFailed
  | RolloutStarted
  | RolloutStep
  | WeightConfirmed
  | FlagSet
  | StepPassed
  | StepSkipped
  | StepApproved
  | RolloutHeld
  | RolloutIncident
  | RolloutFrozen
  | RolloutWaiting
  | RolloutThawed
  | RolloutPaused
  | RolloutResumed
  | RolloutPromoted
  | RolloutRolledBack
  | ReleaseFailed
  | WorkloadRetiring
  | WorkloadRetired;

export type RolloutEventOf<Type extends RolloutEvent['type']> = Extract<
  RolloutEvent,
  { readonly type: Type }
>;
