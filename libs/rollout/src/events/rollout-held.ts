import type { MetricEvidence } from '@croupier/contracts';
import { HistoryFault } from '../history-fault';
import type { RolloutState } from '../state';
import { clause, evidenceClause, percent, plural } from '../wording';
import type { EventBase } from './event-base';

/** The step was inconclusive at its deadline; a person is told, once. */
export interface RolloutHeld extends EventBase<'rollout.held'> {
  readonly stepIndex: number;
  readonly weightPercent: number;
  /** Null when nothing was judged. */
  readonly requests: number | null;
  readonly evidence: readonly MetricEvidence[];
  readonly explanation: string;
}

export function summary(event: RolloutHeld): string {
  const { requests, weightPercent, version } = event;
  const sample = requests === null ? '' : ` after ${plural(requests, 'request')}`;
  const finding = `${clause(event.explanation)}${evidenceClause(event.evidence)}`;
  return `${version} is held at ${percent(weightPercent)}, inconclusive at the deadline${sample}: ${finding}.`;
}

export function evolve(state: RolloutState, event: RolloutHeld): RolloutState {
  const { phase } = state;
  if (phase.kind !== 'progressing') throw new HistoryFault(event.type, phase.kind);
  return { ...state, phase: { ...phase, held: true } };
}
