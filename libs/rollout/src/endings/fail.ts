import type { Decision } from '../decision';
import type { Effect } from '../effect';
import type { RolloutEvent } from '../event';
import { eventBase } from '../events/event-base';
import type { ReleasePlan } from '../plan';

interface Failure {
  readonly reason: string;
  /** The operator who asked for it. */
  readonly actor?: string;
  /** What is told before the failure itself. */
  readonly told?: readonly RolloutEvent[];
  /** What the phase leaves to clear away. */
  readonly cleanup?: readonly Effect[];
}

/** Ends a release that has had no production traffic. */
export function fail(plan: ReleasePlan, failure: Failure, now: number): Decision {
  return {
    events: [
      ...(failure.told ?? []),
      {
        ...eventBase('release.failed', plan, now),
        reason: failure.reason,
        actor: failure.actor ?? null,
      },
    ],
    effects: failure.cleanup ?? [],
  };
}
