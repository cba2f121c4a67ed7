import type { AnalysisPlan, ReleaseId, Requirement, StepPlan, Strategy } from '@croupier/contracts';
import { stepsFault } from './steps/step-fault';

export interface ReleasePlan {
  readonly releaseId: ReleaseId;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  /** Null for a subject's first version. What `start` says replaces what was known when the release was queued. */
  readonly stableVersion: string | null;
  /**
   * Where it is rolled out. Given in the queue, it is for markets that the version was certified in after it had become
   * stable elsewhere. Otherwise `start` fixes it: what is certified later waits for a release of its own.
   */
  readonly markets?: readonly string[];
  /** The revoked version whose place it takes, while that is the stable one. */
  readonly standsInFor?: string;
  readonly strategy: Strategy;
  readonly steps: readonly StepPlan[];
  readonly analysis: AnalysisPlan;
  /** How many people have to approve this digest before it gets near production. */
  readonly approvalsRequired: number;
  /** How long they have for it; null, or absent from older releases, for as long as it takes. */
  readonly approvalExpiresAfterMs?: number | null;
  /** Who ordered the release, where somebody did: it takes somebody else to approve it. */
  readonly orderedBy?: string;
  readonly requires: readonly Requirement[];
  /** Whether unmet requirements are waited for, or end the release. */
  readonly whenUnmet: 'wait' | 'refuse';
  /** Until when a newer version in the queue takes this release's place; `active` is until it is promoted. */
  readonly superseding: 'never' | 'queued' | 'active';
  /** A step that does not pass within this time is a rollback; null for never. A pause has all the time it needs. */
  readonly progressDeadlineMs: number | null;
  /** How long a workload that gets no new session is kept for the open ones (`scaleDownDelay` of a blue-green). */
  readonly drainMs: number;
  /** How long each of staging, testing, migrating and deploying may take, and the confirmation of a weight. */
  readonly effectDeadlineMs: number;
}

/** The first thing wrong with a plan, or null. */
export function planFault(plan: ReleasePlan): string | null {
  if (!(plan.drainMs >= 0)) return 'drainMs must not be negative';
  if (!(plan.effectDeadlineMs > 0)) return 'effectDeadlineMs must be over 0';
  if (!(plan.approvalsRequired >= 0)) return 'approvalsRequired must not be negative';
  if (typeof plan.approvalExpiresAfterMs === 'number' && !(plan.approvalExpiresAfterMs > 0))
    return 'approvalExpiresAfterMs must be over 0';
  if (plan.progressDeadlineMs !== null && !(plan.progressDeadlineMs > 0))
    return 'progressDeadlineMs must be over 0';
  return stepsFault(plan.steps, plan.strategy === 'flag');
}

/** The version that the release's traffic runs on: a flag changes what is stable already. */
export function judgedVersion({ strategy, version, stableVersion }: ReleasePlan): string {
  return strategy === 'flag' ? (stableVersion ?? version) : version;
}
