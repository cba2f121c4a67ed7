import type { ChangeKind, EvaluationView, PlanView, SkipReason } from '@croupier/contracts';
import { compare, prerelease } from 'semver';
import { changeKind } from './change-kind';
import { faultOfTerms } from './plan-fault';
import { termsOf } from './plan-terms';
import type { ArtifactFacts, PlanDefaults, PlanOverrides, Policy } from './policy';
import { byRank, fits } from './scope';
import { approvalSentence, changeSentence, othersSentence, releasedSentence, scopeSentence } from './wording';

/** What a version is due by policy, and why. `plan` is null when none can be made. */
export type Evaluation = EvaluationView;

/**
 * What happens to a version: the most specific policy that fits it says so. The defaults are among the policies, so
 * that there is always one.
 */
export function evaluate(
  policies: readonly Policy[],
  facts: ArtifactFacts,
  defaults: PlanDefaults,
  overrides: PlanOverrides = {},
): Evaluation {
  const change = changeKind(facts.version, facts.stableVersion);
  const [policy, ...others] = policies.filter(({ scope }) => fits(scope, facts, change)).sort(byRank);
  if (policy === undefined) throw new Error(`No policy fits a ${change} change`);
  const terms = termsOf(policy, facts, defaults, overrides);
  const fault = faultOfTerms(terms, facts);
  const plan = fault === null ? terms : null;
  const verdict = verdictOf(policy, facts, terms, fault);
  return {
    policy: { name: policy.name, version: policy.version },
    change,
    decision: verdict.decision,
    skipReason: verdict.decision === 'skip' ? verdict.skipReason : null,
    why: [verdict.because, ...circumstances(policy, others, facts, change)],
    plan,
  };
}

type Verdict =
  | { readonly decision: 'release' | 'approval'; readonly because: string }
  | { readonly decision: 'skip'; readonly skipReason: SkipReason; readonly because: string };

function verdictOf(policy: Policy, facts: ArtifactFacts, terms: PlanView, fault: string | null): Verdict {
  const { version, stableVersion } = facts;
  const { automation, prereleases } = policy.rules;
  const skip = (skipReason: SkipReason, because: string): Verdict => ({
    decision: 'skip',
    skipReason,
    because,
  });
  if (stableVersion !== null && compare(version, stableVersion) <= 0)
    return skip('not-newer', `${version} is not newer than the stable ${stableVersion}.`);
  if (fault !== null) return skip('no-plan', `There is no plan for it: ${fault}.`);
  if (prereleases === 'skip' && prerelease(version) !== null)
    return skip('prerelease', `${version} is a prerelease, and the policy skips them.`);
  if (automation.kind === 'manual')
    return skip('manual', 'The policy releases nothing by itself: somebody has to.');
  if (terms.approvalsRequired > 0) return { decision: 'approval', because: approvalSentence(terms) };
  return { decision: 'release', because: releasedSentence(terms) };
}

function circumstances(
  policy: Policy,
  others: readonly Policy[],
  facts: ArtifactFacts,
  change: ChangeKind,
): string[] {
  return [
    changeSentence(facts, change),
    scopeSentence(policy),
    ...othersSentence(others),
    ...(facts.markets === null
      ? ['Its markets are not known, so that policies of a market are left out.']
      : []),
  ];
}
