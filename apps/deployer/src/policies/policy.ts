import type {
  AnalysisPlan,
  AnalysisStep,
  PlanView,
  PolicyDocument,
  Requirement,
  Strategy,
} from '@croupier/contracts';

/** A policy as it stands: version 0 is a default, made of the configuration. */
export interface Policy extends PolicyDocument {
  readonly name: string;
  readonly version: number;
}

/** What a policy is applied to. */
export interface ArtifactFacts {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  /** Null for a subject's first version. */
  readonly stableVersion: string | null;
  /** Where the version is certified; null when that is not known. */
  readonly markets: readonly string[] | null;
  /** Feature flags that its manifest names. */
  readonly flags: readonly string[];
  readonly requires: readonly Requirement[];
}

/** For what a policy leaves out. */
export interface PlanDefaults extends Pick<
  PlanView,
  | 'superseding'
  | 'whenUnmet'
  | 'approvalExpiresAfterMs'
  | 'drainMs'
  | 'effectDeadlineMs'
  | 'progressDeadlineMs'
> {
  readonly look: Pick<AnalysisStep, 'minDurationMs' | 'minRequests' | 'deadlineMs' | 'onDeadline'>;
  readonly analysis: AnalysisPlan;
}

/** What a person asks of one release, in place of what the policy would have. */
export interface PlanOverrides {
  /** With the policy's own parameters where it is the policy's strategy, or else with the defaults. */
  readonly strategy?: Strategy | undefined;
  /** More people to approve than the policy asks for; never fewer. */
  readonly approvers?: number | undefined;
}
