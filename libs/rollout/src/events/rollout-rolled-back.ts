import type { MetricEvidence } from '@croupier/contracts';
import type { RollBackCause } from '../endings/roll-back';
import type { RolloutState } from '../state';
import { byActor, clause, evidenceClause, percent } from '../wording';
import type { EventBase } from './event-base';

export interface RolloutRolledBack extends EventBase<'rollout.rolled_back'> {
  readonly stableVersion: string | null;
  readonly stepIndex: number;
  /** The weight it had. */
  readonly weightPercent: number;
  readonly cause: RollBackCause['cause'];
  readonly reason: string;
  /** Null when the machine did it by itself. */
  readonly actor: string | null;
  readonly evidence: readonly MetricEvidence[];
  /** False for a release by flag: nothing has to be dealt anew, and nothing to be stopped. */
  readonly changesTraffic: boolean;
  /** What its steps have set, on or off, and what has to be again as it was before the release. */
  readonly flags?: readonly string[];
}

export function summary(event: RolloutRolledBack): string {
  const { version, stableVersion, weightPercent, actor } = event;
  const fall = weightPercent > 0 ? ` from ${percent(weightPercent)} to 0 %` : '';
  const kept = stableVersion === null ? '' : `; ${stableVersion} keeps all traffic`;
  const why = `${clause(event.reason)}${evidenceClause(event.evidence)}`;
  return `${version} is rolled back${byActor(actor)}${fall}: ${why}${kept}.`;
}

export function evolve(state: RolloutState, event: RolloutRolledBack): RolloutState {
  const { reason, changesTraffic } = event;
  return {
    ...state,
    phase: {
      kind: 'rolled-back',
      reason,
      switchedAt: changesTraffic ? null : event.at,
      retireRequested: false,
      retired: !changesTraffic,
    },
  };
}
