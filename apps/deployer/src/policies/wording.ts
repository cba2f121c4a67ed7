import type { ChangeKind, PlanView, PolicyScope } from '@croupier/contracts';
import type { ArtifactFacts, Policy } from './policy';

export function releasedSentence(terms: PlanView): string {
  return `It is released by itself, ${howWords(terms)}.`;
}

export function approvalSentence(terms: PlanView): string {
  const people = terms.approvalsRequired === 1 ? 'One person has' : `${terms.approvalsRequired} people have`;
  return `${people} to approve it; then it is released, ${howWords(terms)}.`;
}

function howWords({ strategy, stableVersion }: PlanView): string {
  if (stableVersion === null) return 'to all players at once, as there is nothing to compare it with';
  return strategy === 'flag' ? 'by its flags' : `as a ${strategy}`;
}

export function changeSentence({ version, stableVersion }: ArtifactFacts, change: ChangeKind): string {
  if (stableVersion === null) return `${version} is the subject's first version.`;
  return `${version} is a ${change} change over the stable ${stableVersion}.`;
}

export function scopeSentence({ name, version, scope, precedence }: Policy): string {
  const source = version === 0 ? 'by default' : `in version ${version}`;
  const rank = precedence === 0 ? '' : ` with precedence ${precedence}`;
  return `Policy ${name} counts (${source}): it is for ${scopeWords(scope)}${rank}.`;
}

export function othersSentence(others: readonly Policy[]): string[] {
  if (others.length === 0) return [];
  const names = others.map(({ name }) => name).join(', ');
  return [`Less specific, and so without a say: ${names}.`];
}

export function scopeWords({ provider, subject, market, change }: PolicyScope): string {
  const words = [
    subject ?? (provider === null ? null : `all of ${provider}`),
    market === null ? null : `versions certified in ${market}`,
    change === null ? null : change === 'first' ? 'first versions' : `${change} changes`,
  ].filter((word) => word !== null);
  return words.length === 0 ? 'all versions' : words.join(', ');
}
