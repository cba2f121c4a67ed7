import type { Weights } from '../steps/weights';

/** What there is to know of one version of a subject, to say where it may serve. */
export interface VersionStanding {
  readonly version: string;
  /** Where it is certified: nowhere, once it is revoked. */
  readonly cleared: readonly string[];
  readonly revoked: boolean;
  /** A workload of it runs in production. */
  readonly running: boolean;
  readonly stood: Stood | null;
  /** Its last release was rolled back. */
  readonly rolledBack: boolean;
}

/** It has been promoted. */
export interface Stood {
  /** Rises from one promotion to the next. */
  readonly since: number;
  /** Where it has been rolled out. */
  readonly markets: readonly string[];
  /** Certified later, and given a release of their own, however that ended. */
  readonly offered: readonly string[];
}

export interface Canary {
  readonly version: string;
  readonly weights: Weights;
  /** Where its rollout is; null for wherever it is certified. */
  readonly markets: readonly string[] | null;
}

/** A release of the subject: one that has not ended, or that was to take a revoked version's place. */
export interface Attempt {
  readonly version: string;
  /** The revoked version whose place it takes. */
  readonly standsInFor: string | null;
  readonly isOver: boolean;
}

/** A subject's versions: those that run, and those that have been stable. */
export interface SubjectStanding {
  readonly stable: string | null;
  readonly canary: Canary | null;
  readonly versions: readonly VersionStanding[];
}
