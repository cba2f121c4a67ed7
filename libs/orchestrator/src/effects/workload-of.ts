import type { OutsideEffect } from '../ports/effect-performer';
import type { StoredRelease } from '../ports/release-store';
import { subjectOf } from '../releases/queue';

/** What an effect is about: two on the same one would cross. */
export function workloadOf(effect: OutsideEffect, release: StoredRelease): string {
  const { version } = release.state.plan;
  switch (effect.kind) {
    case 'deploy-staging':
    case 'run-tests':
    case 'stop-staging':
      return `staging ${subjectOf(release)}@${version}`;
    case 'deploy-production':
    case 'run-preview':
      return `production ${subjectOf(release)}@${version}`;
    case 'retire-workload':
      return `production ${subjectOf(release)}@${effect.version}`;
    default:
      return effect satisfies never;
  }
}
