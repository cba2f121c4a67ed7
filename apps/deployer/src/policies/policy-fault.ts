import { faultOfTerms } from './plan-fault';
import { termsOf } from './plan-terms';
import type { ArtifactFacts, PlanDefaults, Policy } from './policy';
import { ties } from './scope';
import { scopeWords } from './wording';

export interface PolicyFault {
  readonly field: 'scope' | 'rules';
  readonly detail: string;
}

/** Stands for any version: a policy that makes a plan for this one makes one for all, given flags to turn on. */
const ANY: ArtifactFacts = {
  provider: 'any',
  game: 'any',
  version: '1.0.1',
  stableVersion: '1.0.0',
  markets: null,
  flags: ['any'],
  requires: [],
};

/** The first thing wrong with a policy beside the others that there are, or null. */
export function policyFault(
  policy: Policy,
  others: readonly Policy[],
  defaults: PlanDefaults,
): PolicyFault | null {
  const equal = others.find((other) => other.name !== policy.name && ties(policy, other));
  if (equal !== undefined) return { field: 'scope', detail: tieSentence(policy, equal) };
  const fault = faultOfTerms(termsOf(policy, ANY, defaults), ANY);
  return fault === null ? null : { field: 'rules', detail: `no plan can be made of it: ${fault}` };
}

function tieSentence({ scope }: Policy, other: Policy): string {
  const both =
    scope.market === other.scope.market
      ? `both are for ${scopeWords(scope)}`
      : `a version may be certified in ${scope.market} and in ${other.scope.market}, and both would be for it`;
  return `ties with policy ${other.name}: ${both}, with precedence ${other.precedence}`;
}
