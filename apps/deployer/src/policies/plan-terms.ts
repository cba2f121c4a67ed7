import type { Automation, PlanView } from '@croupier/contracts';
import type { ArtifactFacts, PlanDefaults, PlanOverrides, Policy } from './policy';
import { courseOf, strategyFor } from './release-steps';

/** How a release of the version would go: what a person asks for, else the policy's rules, else the defaults. */
export function termsOf(
  { rules }: Policy,
  facts: ArtifactFacts,
  defaults: PlanDefaults,
  overrides: PlanOverrides = {},
): PlanView {
  const { metrics, alpha, beta, budget } = rules.analysis;
  return {
    stableVersion: facts.stableVersion,
    ...courseOf(strategyFor(rules.strategy, overrides.strategy, facts), facts, defaults),
    analysis: {
      metrics: metrics ?? defaults.analysis.metrics,
      alpha: alpha ?? defaults.analysis.alpha,
      beta: beta ?? defaults.analysis.beta,
      budget: budget ?? defaults.analysis.budget,
    },
    approvalsRequired: Math.max(approversOf(rules.automation), overrides.approvers ?? 0),
    approvalExpiresAfterMs: approvalExpiresAfterMsOf(rules.automation) ?? defaults.approvalExpiresAfterMs,
    requires: [...facts.requires],
    whenUnmet: rules.whenUnmet ?? defaults.whenUnmet,
    superseding: rules.superseding ?? defaults.superseding,
    drainMs: rules.drainMs ?? defaults.drainMs,
    effectDeadlineMs: rules.effectDeadlineMs ?? defaults.effectDeadlineMs,
    progressDeadlineMs: rules.progressDeadlineMs ?? defaults.progressDeadlineMs,
  };
}

function approversOf(automation: Automation): number {
  return automation.kind === 'approval' ? automation.approvers : 0;
}

function approvalExpiresAfterMsOf(automation: Automation): number | undefined {
  return automation.kind === 'approval' ? automation.expiresAfterMs : undefined;
}
