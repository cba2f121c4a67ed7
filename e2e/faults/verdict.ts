import { prerelease } from 'semver';
import { nameOf } from './catalogue';
import type { Effect, Effects } from './effects';
import type { Sent } from './traffic';

export interface Verdict {
  /** Effects of accepted webhooks that did not happen. */
  readonly lost: readonly string[];
  /** Effects that happened more than once. */
  readonly doubled: readonly string[];
  /** Effects of webhooks that were refused. */
  readonly unwanted: readonly string[];
}

export function isClean({ lost, doubled, unwanted }: Verdict): boolean {
  return lost.length + doubled.length + unwanted.length === 0;
}

/** Holds what happened against what was answered. */
export function judge(sent: readonly Sent[], effects: Effects): Verdict {
  const verdict = { lost: [] as string[], doubled: [] as string[], unwanted: [] as string[] };
  for (const { webhook, knowledge } of sent) {
    for (const effect of effectsOf(webhook.version.version)) {
      const name = `${effect} ${nameOf(webhook.version)} (${webhook.id}, ${webhook.intent})`;
      const count = effects.countOf(effect, webhook.version);
      if (count > 1) verdict.doubled.push(name);
      if (count === 0 && knowledge === 'accepted') verdict.lost.push(name);
      if (count > 0 && knowledge === 'refused') verdict.unwanted.push(name);
    }
  }
  return verdict;
}

/** Prereleases are registered, and not released by themselves. */
function effectsOf(version: string): readonly Effect[] {
  return prerelease(version) === null ? ['artifact.registered', 'release.queued'] : ['artifact.registered'];
}
