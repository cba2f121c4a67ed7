import type { RolloutState } from '../state';
import { clause } from '../wording';
import type { EventBase } from './event-base';

export interface MigrationApplied extends EventBase<'migration.applied'> {
  readonly detail: string;
  readonly deadlineAt: number;
}

export function summary(event: MigrationApplied): string {
  return `The migrations of ${event.version} are applied (${clause(event.detail)}); deploying it in production.`;
}

export function evolve(state: RolloutState, event: MigrationApplied): RolloutState {
  return { ...state, phase: { kind: 'deploying', deadlineAt: event.deadlineAt } };
}
