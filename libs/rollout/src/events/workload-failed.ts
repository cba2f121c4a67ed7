import { clause } from '../wording';
import type { EventBase } from './event-base';

export interface WorkloadFailed extends EventBase<'workload.failed'> {
  readonly reason: string;
}

export function summary(event: WorkloadFailed): string {
  return `The production workload of ${event.version} failed: ${clause(event.reason)}.`;
}
