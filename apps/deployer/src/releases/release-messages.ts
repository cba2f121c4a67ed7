import type { CloudEvent } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import type { RolloutEvent } from '@croupier/rollout';

/** What the other services are told of an event; most of a timeline is nobody else's business. */
export function messagesOf(event: RolloutEvent, flags: readonly string[]): CloudEvent[] {
  const { releaseId, provider, game, version } = event;
  const release = { releaseId, provider, game, version };
  const origin = { source: 'croupier/deployer', subject: `${provider}/${game}` };
  switch (event.type) {
    case 'release.queued':
      return [newEvent(event.type, { ...release, digest: event.plan.digest }, origin)];
    case 'rollout.started':
      return [newEvent(event.type, { ...release, stableVersion: event.stableVersion }, origin)];
    case 'rollout.step': {
      const { stepIndex, weightPercent } = event;
      return [newEvent(event.type, { ...release, stepIndex, weightPercent }, origin)];
    }
    case 'release.failed':
      return [newEvent(event.type, { ...release, reason: event.reason }, origin)];
    case 'rollout.paused':
      return [newEvent(event.type, { ...release, reason: event.reason }, origin)];
    case 'rollout.promoted': {
      const { previousVersion } = event;
      return [newEvent(event.type, { ...release, previousVersion, flags: [...flags] }, origin)];
    }
    case 'rollout.rolled_back': {
      const { stableVersion, reason, evidence } = event;
      return [
        newEvent(
          event.type,
          { ...release, stableVersion, reason, evidence: [...evidence], flags: [...flags] },
          origin,
        ),
      ];
    }
    default:
      return [];
  }
}
