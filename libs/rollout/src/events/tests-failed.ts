import { clause } from '../wording';
import type { EventBase } from './event-base';

export interface TestsFailed extends EventBase<'tests.failed'> {
  readonly reason: string;
}

export function summary(event: TestsFailed): string {
  return `${event.version} failed its tests on staging: ${clause(event.reason)}.`;
}
