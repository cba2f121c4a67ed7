import type { EventBase } from './event-base';

export interface RolloutStarted extends EventBase<'rollout.started'> {
  readonly stableVersion: string | null;
}

export function summary(event: RolloutStarted): string {
  return event.stableVersion === null
    ? `The rollout of ${event.version} has started, as the first version.`
    : `The rollout of ${event.version} has started, against ${event.stableVersion}.`;
}
