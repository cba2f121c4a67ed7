import type { MetricEvidence } from '@croupier/contracts';
import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { clause, evidenceClause, percent } from '../wording';
import type { EventBase } from './event-base';

/** Canary and stable broke the limit together: not the version's fault. The evidence is gathered anew. */
export interface RolloutIncident extends EventBase<'rollout.incident'> {
  readonly weightPercent: number;
  readonly explanation: string;
  readonly evidence: readonly MetricEvidence[];
}

export function summary({ version, weightPercent, explanation, evidence }: RolloutIncident): string {
  const kept = `${version} stays at ${percent(weightPercent)}`;
  return `An incident hits stable and canary alike, ${kept}: ${clause(explanation)}${evidenceClause(evidence)}.`;
}

export function evolve(state: RolloutState, event: RolloutIncident): RolloutState {
  const { phase } = state;
  const incidentAt = event.at;
  const hit = { ...state, incidents: state.incidents + 1, incidentAt };
  switch (phase.kind) {
    case 'progressing':
      return { ...hit, phase: { ...phase, incidentAt } };
    case 'paused':
      return { ...hit, phase: { ...phase, resumeTo: { ...phase.resumeTo, incidentAt } } };
    default:
      throw new HistoryFault(event.type, phase.kind);
  }
}
