import type { MetricEvidence } from '@croupier/contracts';
import type { Decision } from '../decision';
import { setWeightToZero } from '../effect';
import { eventBase } from '../events/event-base';
import type { ReleasePlan } from '../plan';
import type { Progressing } from '../state';
import { highestWeight } from '../steps/weights';

export type RollBackCause =
  | {
      readonly cause: 'breach';
      readonly reason: string;
      readonly evidence: readonly MetricEvidence[];
    }
  | {
      readonly cause: 'workload-failed' | 'preview-failed' | 'superseded' | 'revoked' | 'deadline';
      readonly reason: string;
    }
  | { readonly cause: 'operator'; readonly reason: string; readonly actor: string };

/** The flags that its steps have set so far, on or off. */
function touchedFlags({ steps }: ReleasePlan, { stepIndex }: Progressing): string[] {
  return steps.slice(0, stepIndex + 1).flatMap((step) => (step.kind === 'setFlag' ? [step.flag] : []));
}

/** Traffic first: weight 0 is the first effect, and nothing else is waited for. */
export function rollBack(plan: ReleasePlan, step: Progressing, cause: RollBackCause, now: number): Decision {
  const changesTraffic = plan.strategy !== 'flag';
  return {
    events: [
      {
        ...eventBase('rollout.rolled_back', plan, now),
        stableVersion: plan.stableVersion,
        stepIndex: step.stepIndex,
        weightPercent: highestWeight(step.weights),
        cause: cause.cause,
        reason: cause.reason,
        actor: cause.cause === 'operator' ? cause.actor : null,
        evidence: cause.cause === 'breach' ? cause.evidence : [],
        changesTraffic,
        flags: touchedFlags(plan, step),
      },
    ],
    effects: changesTraffic ? [setWeightToZero(plan)] : [],
  };
}
