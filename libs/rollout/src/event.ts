import type { MigrationApplied } from './events/migration-applied';
import type { MigrationFailed } from './events/migration-failed';
import type { ReleaseFailed } from './events/release-failed';
import type { ReleaseQueued } from './events/release-queued';
import type { ReleaseStaged } from './events/release-staged';
import type { ReleaseStarted } from './events/release-started';
import type { RolloutHeld } from './events/rollout-held';
import type { RolloutPaused } from './events/rollout-paused';
import type { RolloutPromoted } from './events/rollout-promoted';
import type { RolloutResumed } from './events/rollout-resumed';
import type { RolloutRolledBack } from './events/rollout-rolled-back';
import type { RolloutStarted } from './events/rollout-started';
import type { RolloutStep } from './events/rollout-step';
import type { StagingDeployed } from './events/staging-deployed';
import type { StepPassed } from './events/step-passed';
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
  | ReleaseStarted
  | StagingDeployed
  | TestsPassed
  | TestsFailed
  | ReleaseStaged
  | MigrationApplied
  | MigrationFailed
  | WorkloadReady
  | WorkloadFailed
  | RolloutStarted
  | RolloutStep
  | WeightConfirmed
  | StepPassed
  | RolloutHeld
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
