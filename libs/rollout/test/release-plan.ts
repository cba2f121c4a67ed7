import type { AnalysisStep, ReleaseId, StepPlan } from '@croupier/contracts';
import type { ReleasePlan } from '../src/plan';
import { analysis, canarySteps } from '../src/steps/presets';

export const LOOK = { minDurationMs: 1_000, minRequests: 100, deadlineMs: 60_000 } as const;

export function planWith(overrides: Partial<ReleasePlan> = {}): ReleasePlan {
  return {
    releaseId: '7f8c1f3e-55a5-4ad6-9a6e-2f1f0c9b1c11' as ReleaseId,
    provider: 'acme',
    game: 'gold-rush',
    version: '1.1.0',
    digest: 'ab'.repeat(32),
    stableVersion: '1.0.0',
    strategy: 'canary',
    steps: canarySteps(LOOK, [5, 50, 100]),
    analysis: {
      metrics: [
        { name: 'errors', nullRate: 0.01, margin: null, source: { kind: 'gateway', failures: 'errors' } },
      ],
      alpha: 0.001,
      beta: 0.05,
      budget: { failedRequests: null, playersTouched: null },
    },
    approvalsRequired: 0,
    requires: [],
    whenUnmet: 'wait',
    superseding: 'active',
    progressDeadlineMs: null,
    drainMs: 30_000,
    effectDeadlineMs: 10_000,
    ...overrides,
  };
}

export function weightOf(weightPercent: number, markets: string[] | null = null): StepPlan {
  return { kind: 'setWeight', weightPercent, markets };
}

export function look(overrides: Partial<AnalysisStep> = {}): StepPlan {
  return analysis(LOOK, overrides);
}

export function pauseFor(durationMs: number | null): StepPlan {
  return { kind: 'pause', durationMs };
}

export function flagOn(flag: string): StepPlan {
  return { kind: 'setFlag', flag, enabled: true };
}

export const PREVIEW: StepPlan = { kind: 'preview' };
