import type { Freeze } from './input';
import type { ReleasePlan } from './plan';
import type { Weights } from './steps/weights';

/** One release, from the queue to its end. All times are epoch milliseconds. */
export interface RolloutState {
  readonly plan: ReleasePlan;
  /** Base URL of the production workload, known from `workload.ready` on. */
  readonly endpoint: string | null;
  /** While it holds, nothing new gets traffic. */
  readonly freeze: Freeze | null;
  /** How often an incident has spoilt the evidence, and when it last did: what began before says nothing. */
  readonly incidents: number;
  readonly incidentAt: number | null;
  /** When the first and the last of its flags were set, or somebody went on without; null before. */
  readonly flagsSetAt: { readonly first: number; readonly last: number } | null;
  /** When every live gateway dealt by the present weights, or somebody went on without; null before. */
  readonly weightsSetAt: number | null;
  readonly phase: Phase;
}

export type Phase =
  | Queued
  | Staging
  | Testing
  | AwaitingApproval
  | Migrating
  | Deploying
  | Progressing
  | Paused
  | Promoted
  | RolledBack
  | Failed;

export interface Queued {
  readonly kind: 'queued';
  /** What it waits for besides its turn, as last told. */
  readonly waitsFor: string | null;
}

/** The staging workload is being deployed. */
export interface Staging {
  readonly kind: 'staging';
  readonly deadlineAt: number;
}

export interface Testing {
  readonly kind: 'testing';
  readonly deadlineAt: number;
}

/** Proven on staging; people have to say yes. */
export interface AwaitingApproval {
  readonly kind: 'awaiting-approval';
  readonly approvedBy: readonly string[];
  /** When what has been said so far lapses, and the release fails; null, or absent from older releases, for never. */
  readonly expiresAt?: number | null;
}

export interface Migrating {
  readonly kind: 'migrating';
  readonly deadlineAt: number;
}

/** The production workload is being deployed; it gets no traffic yet. */
export interface Deploying {
  readonly kind: 'deploying';
  /** Null once it is ready, and only waits for the end of a freeze. */
  readonly deadlineAt: number | null;
}

export interface Progressing {
  readonly kind: 'progressing';
  readonly stepIndex: number;
  /** What has been set so far, confirmed or not. */
  readonly weights: Weights;
  /** When the step took hold: at once, but for a weight or a flag, which others confirm; null until then. */
  readonly stepStartedAt: number | null;
  /** When an unfinished step is told, or a pause is over; null for a pause until approved. */
  readonly deadlineAt: number | null;
  /** When an unfinished step is a rollback. */
  readonly rollBackAt: number | null;
  /** The step was inconclusive at its deadline, and that has been told. */
  readonly held: boolean;
  /** The step has passed; the next one waits for the end of a freeze. */
  readonly passed: boolean;
  readonly incidentAt: number | null;
}

/** The weight stays where it is, and is still watched for a breach. */
export interface Paused {
  readonly kind: 'paused';
  readonly resumeTo: Progressing;
  readonly reason: string;
}

/** A version that gets no new session, and is stopped once the open ones have had their time. */
interface Draining {
  /** When every live gateway dealt by how the rollout ended, so that the drain could begin; null until then. */
  readonly switchedAt: number | null;
  readonly retireRequested: boolean;
  /** True from the beginning when there is nothing to stop. */
  readonly retired: boolean;
}

/** The version is stable; the old stable version drains. */
export interface Promoted extends Draining {
  readonly kind: 'promoted';
}

/** The old stable version has all traffic; the canary drains. */
export interface RolledBack extends Draining {
  readonly kind: 'rolled-back';
  readonly reason: string;
}

/** Ended before any production traffic. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
}
