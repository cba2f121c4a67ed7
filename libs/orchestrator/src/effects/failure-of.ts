import type { RolloutInput } from '@croupier/rollout';
import type { OutsideEffect } from '../ports/effect-performer';

/** What a release is told when an effect is given up; null for what is tried for ever. */
export function failureOf(effect: OutsideEffect, reason: string): RolloutInput | null {
  switch (effect.kind) {
    case 'deploy-staging':
      return { kind: 'stagingFailed', reason };
    case 'run-tests':
      return { kind: 'testsFailed', reason };
    case 'deploy-production':
      return { kind: 'workloadFailed', reason };
    case 'run-preview':
      return { kind: 'previewFailed', reason };
    case 'stop-staging':
    case 'retire-workload':
      return null;
    default:
      return effect satisfies never;
  }
}
