import type { ReleasePlan } from './plan';

/** One release, from the queue to its end. All times are epoch milliseconds. */
export interface RolloutState {
  readonly plan: ReleasePlan;
  /** Base URL of the production workload, known from `workload.ready` on. */
  readonly endpoint: string | null;
  readonly phase: Phase;
}

export type Phase =
  Queued | Staging | Testing | Migrating | Deploying | Progressing | Paused | Promoted | RolledBack | Failed;

export interface Queued {
  readonly kind: 'queued';
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

export interface Migrating {
  readonly kind: 'migrating';
  readonly deadlineAt: number;
}

/** The production workload is being deployed; it gets no traffic yet. */
export interface Deploying {
  readonly kind: 'deploying';
  readonly deadlineAt: number;
}

export interface Progressing {
  readonly kind: 'progressing';
  readonly stepIndex: number;
  readonly weightPercent: number;
  /** When every live gateway dealt by the weight; null until then. */
  readonly stepStartedAt: number | null;
  readonly deadlineAt: number;
  /** The step was inconclusive at its deadline, and that has been told. */
  readonly held: boolean;
}

/** The weight stays where it is, and is still watched for a breach. */
export interface Paused {
  readonly kind: 'paused';
  readonly resumeTo: Progressing;
  readonly reason: string;
}

/** A version that gets no new session and is stopped once `drainUntil` is past. */
interface Draining {
  readonly drainUntil: number;
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
  /** When every live gateway dealt by weight 0; null until then. */
  readonly switchedAt: number | null;
}

/** Ended before any production traffic. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
}
