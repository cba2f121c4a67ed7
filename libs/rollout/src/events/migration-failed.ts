import { clause } from '../wording';
import type { EventBase } from './event-base';

export interface MigrationFailed extends EventBase<'migration.failed'> {
  readonly reason: string;
}

export function summary(event: MigrationFailed): string {
  return `The migrations of ${event.version} failed: ${clause(event.reason)}.`;
}
