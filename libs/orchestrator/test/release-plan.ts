import type { MetricPlan, ReleaseId } from '@croupier/contracts';
import { canarySteps, type ReleasePlan } from '@croupier/rollout';

/** Passes as soon as its evidence and a hundred requests are in. */
export const LOOK = { minDurationMs: 0, minRequests: 100, deadlineMs: 60_000 } as const;

export const ERRORS: MetricPlan = {
  name: 'errors',
  nullRate: 0.01,
  margin: null,
  source: { kind: 'gateway', failures: 'errors' },
};

export const SLOW: MetricPlan = {
  name: 'slow',
  nullRate: 0.05,
  margin: null,
  source: { kind: 'gateway', failures: 'slow' },
};

export const DEPOSITS: MetricPlan = {
  name: 'deposits',
  nullRate: 0.02,
  margin: null,
  source: { kind: 'webhook' },
};

export const ANALYSIS: ReleasePlan['analysis'] = {
  metrics: [ERRORS],
  alpha: 0.001,
  beta: 0.05,
  budget: { failedRequests: null, playersTouched: null },
};

export function releaseId(number: number): ReleaseId {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as ReleaseId;
}

/** A canary of acme/gold-rush at 5, 50 and 100 %. */
export function planWith(overrides: Partial<ReleasePlan> = {}): ReleasePlan {
  return {
    releaseId: releaseId(1),
    provider: 'acme',
    game: 'gold-rush',
    version: '1.1.0',
    digest: 'ab'.repeat(32),
    stableVersion: '1.0.0',
    strategy: 'canary',
    steps: canarySteps(LOOK, [5, 50, 100]),
    analysis: ANALYSIS,
    approvalsRequired: 0,
    requires: [],
    whenUnmet: 'wait',
    superseding: 'active',
    progressDeadlineMs: null,
    drainMs: 2_000,
    effectDeadlineMs: 10_000,
    ...overrides,
  };
}

export function judgedBy(...metrics: readonly MetricPlan[]): Partial<ReleasePlan> {
  return { analysis: { ...ANALYSIS, metrics: [...metrics] } };
}
