import { plural } from '../wording';
import type { EventBase } from './event-base';

export interface TestsPassed extends EventBase<'tests.passed'> {
  readonly checks: readonly string[];
}

export function summary(event: TestsPassed): string {
  const names = event.checks.length === 0 ? '' : `: ${event.checks.join(', ')}`;
  return `${event.version} passed ${plural(event.checks.length, 'check')} on staging${names}.`;
}
