import type { ReleaseId } from '@croupier/contracts';

export interface RolloutStepPlan {
  /** Share of the subject's new sessions dealt to the canary, over 0 and up to 100. */
  readonly weightPercent: number;
  /** Counted from the gateways' confirmation of the weight. */
  readonly minDurationMs: number;
  readonly minRequests: number;
  /** Counted from the moment the weight is set, and anew from a resume. */
  readonly deadlineMs: number;
}

export interface ReleasePlan {
  readonly releaseId: ReleaseId;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  /** Null for a subject's first version. What `start` says replaces what was known when the release was queued. */
  readonly stableVersion: string | null;
  /** Strictly rising weights; the last is 100. */
  readonly steps: readonly RolloutStepPlan[];
  /** How long a workload that gets no new session is kept for the open ones. */
  readonly drainMs: number;
  /** How long each of staging, testing, migrating and deploying may take. */
  readonly effectDeadlineMs: number;
}

const MINUTE_MS = 60_000;

/** 500 clean requests are about what the health test needs at a 1 % error threshold. */
export const DEFAULT_STEPS: readonly RolloutStepPlan[] = [
  { weightPercent: 5, minDurationMs: 2 * MINUTE_MS, minRequests: 500, deadlineMs: 60 * MINUTE_MS },
  { weightPercent: 10, minDurationMs: 2 * MINUTE_MS, minRequests: 500, deadlineMs: 60 * MINUTE_MS },
  { weightPercent: 25, minDurationMs: 5 * MINUTE_MS, minRequests: 1_000, deadlineMs: 60 * MINUTE_MS },
  { weightPercent: 50, minDurationMs: 5 * MINUTE_MS, minRequests: 1_000, deadlineMs: 60 * MINUTE_MS },
  { weightPercent: 100, minDurationMs: 10 * MINUTE_MS, minRequests: 1_000, deadlineMs: 60 * MINUTE_MS },
];

/** The first thing wrong with a plan, or null. */
export function planFault(plan: ReleasePlan): string | null {
  if (!(plan.drainMs >= 0)) return 'drainMs must not be negative';
  if (!(plan.effectDeadlineMs > 0)) return 'effectDeadlineMs must be over 0';
  let previousWeight = 0;
  for (const [index, step] of plan.steps.entries()) {
    const fault = stepFault(step, previousWeight);
    if (fault !== null) return `steps[${index}]: ${fault}`;
    previousWeight = step.weightPercent;
  }
  return previousWeight === 100 ? null : 'the last step must have weightPercent 100';
}

function stepFault(step: RolloutStepPlan, previousWeight: number): string | null {
  if (!(step.weightPercent > previousWeight)) return `weightPercent must be over ${previousWeight}`;
  if (step.weightPercent > 100) return 'weightPercent must be 100 at most';
  if (!(step.minDurationMs >= 0)) return 'minDurationMs must not be negative';
  if (!(step.minRequests >= 0)) return 'minRequests must not be negative';
  if (!(step.deadlineMs > step.minDurationMs)) return 'deadlineMs must be over minDurationMs';
  return null;
}
