import { subjectId, type ChangeKind, type PolicyScope } from '@croupier/contracts';
import type { ArtifactFacts, Policy } from './policy';

/** Whether the policy is for this version. Where it is certified must be known for a market's policy to fit. */
export function fits(
  { provider, subject, market, change }: PolicyScope,
  facts: ArtifactFacts,
  kind: ChangeKind,
) {
  return (
    (provider === null || provider === facts.provider) &&
    (subject === null || subject === subjectId(facts.provider, facts.game)) &&
    (market === null || (facts.markets?.includes(market) ?? false)) &&
    (change === null || change === kind)
  );
}

/**
 * Most specific first, in the order of `Array.sort`: whom it is for decides before where, and where before for what
 * change; then the precedence. Names decide nothing between valid policies: they have no ties.
 */
export function byRank(one: Policy, other: Policy): number {
  const [a, b] = [rankOf(one), rankOf(other)];
  const decisive = a.findIndex((digit, index) => digit !== b[index]);
  if (decisive === -1) return one.name < other.name ? -1 : 1;
  return (b[decisive] ?? 0) - (a[decisive] ?? 0);
}

/** Whether there can be a version that both are for and that neither is more specific for. */
export function ties(one: Policy, other: Policy): boolean {
  const sameRank = rankOf(one).every((digit, index) => digit === rankOf(other)[index]);
  // A version may be certified in any two markets, so different markets keep nothing apart.
  return (
    sameRank &&
    (['provider', 'subject', 'change'] as const).every((part) => one.scope[part] === other.scope[part])
  );
}

function rankOf({ version, scope, precedence }: Policy): number[] {
  const whom = scope.subject !== null ? 2 : scope.provider !== null ? 1 : 0;
  return [
    Math.min(version, 1),
    whom,
    Number(scope.market !== null),
    Number(scope.change !== null),
    precedence,
  ];
}
