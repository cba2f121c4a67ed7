import type { ChangeKind, PolicyRules } from '@croupier/contracts';
import type { DeployerConfig } from '../deployer-config';
import type { PlanDefaults, Policy } from './policy';

/** What the deployer's configuration says for all that policies leave open. */
export function planDefaultsOf(config: DeployerConfig): PlanDefaults {
  return {
    look: {
      minDurationMs: config.stepMinDurationMs,
      minRequests: config.stepMinRequests,
      deadlineMs: config.stepDeadlineMs,
      onDeadline: 'hold',
    },
    analysis: {
      metrics: [
        {
          name: 'error-rate',
          nullRate: config.errorRateThreshold,
          margin: null,
          source: { kind: 'gateway', failures: 'errors' },
        },
        {
          name: 'slow-share',
          nullRate: config.slowShareThreshold,
          margin: null,
          source: { kind: 'gateway', failures: 'slow' },
        },
      ],
      alpha: config.alpha,
      beta: config.beta,
      budget: { failedRequests: null, playersTouched: null },
    },
    superseding: 'queued',
    whenUnmet: 'wait',
    approvalExpiresAfterMs: config.approvalExpiresMs,
    drainMs: config.drainMs,
    effectDeadlineMs: config.effectDeadlineMs,
    progressDeadlineMs: null,
  };
}

const ALL_DEFAULT: Omit<PolicyRules, 'automation'> = {
  strategy: null,
  analysis: {},
  prereleases: 'skip',
  superseding: null,
  whenUnmet: null,
  drainMs: null,
  effectDeadlineMs: null,
  progressDeadlineMs: null,
};

/** Policies of operators cannot have these names. */
export const DEFAULT_PREFIX = 'default-';

/** One policy for each kind of change, less specific than any that an operator writes. A major change needs a person. */
export const DEFAULT_POLICIES: readonly Policy[] = (['first', 'patch', 'minor', 'major'] as const).map(
  (change: ChangeKind): Policy => ({
    name: DEFAULT_PREFIX + change,
    version: 0,
    scope: { provider: null, subject: null, market: null, change },
    precedence: 0,
    rules: {
      ...ALL_DEFAULT,
      automation: change === 'major' ? { kind: 'approval', approvers: 1 } : { kind: 'auto' },
    },
  }),
);
