import type { CloudEvent, EventData, EventType, ProviderWebhook } from '@croupier/contracts';
import { subjectId } from '@croupier/contracts';
import { newEvent, parseTraceparent } from '@croupier/messaging';
import type { ModuleRelease } from '../pipelines/module-release';
import { eventIdOf } from './event-id';

export interface WebhookOrigin {
  readonly provider: string;
  readonly webhookId: string;
  /** The `traceparent` header as it came, or of the span that the request is worked on in. */
  readonly traceparent: string | undefined;
}

/** What a webhook says: a provider's announcement, or a release read from a pipeline's message. */
export type Announcement = ProviderWebhook | ModuleRelease;

const CHANGES = { 'game.added': 'added', 'game.updated': 'updated' } as const;

/** What a verified webhook says to the platform. `index` counts what one webhook announces. */
export function announcementOf(announcement: Announcement, origin: WebhookOrigin, index = 0): CloudEvent {
  const { provider, webhookId } = origin;
  const announcedAt = announcement.timestamp;
  function say<Type extends EventType>(type: Type, about: string, data: EventData<Type>): CloudEvent {
    return eventOf(type, about, data, origin, index);
  }
  switch (announcement.type) {
    case 'game.added':
    case 'game.updated': {
      const { game, version, originalVersion, manifestUrl, manifestSha256 } = announcement.data;
      // Written out: spreading an object into these, of which there is one a webhook, costs as much as all the rest.
      return say('game.version.announced', game, {
        provider,
        webhookId,
        announcedAt,
        game,
        version,
        change: CHANGES[announcement.type],
        // Percent-encoded: the parser takes characters, such as U+0000, that jsonb does not.
        manifestUrl: new URL(manifestUrl).href,
        manifestSha256,
        originalVersion,
      });
    }
    case 'game.disabled': {
      const { game, version = null, originalVersion, markets = null, reason } = announcement.data;
      return say('game.disabled', game, {
        provider,
        webhookId,
        announcedAt,
        game,
        version,
        markets,
        reason,
        originalVersion,
      });
    }
    case 'game.certified': {
      const {
        game,
        version,
        originalVersion,
        markets,
        certificate = null,
        validUntil = null,
      } = announcement.data;
      return say('game.certified', game, {
        provider,
        webhookId,
        announcedAt,
        game,
        version,
        markets,
        certificate,
        validUntil,
        originalVersion,
      });
    }
    case 'release.revoked': {
      const { game, version, originalVersion, reason } = announcement.data;
      return say('release.revoked', game, {
        provider,
        webhookId,
        announcedAt,
        game,
        version,
        reason,
        originalVersion,
      });
    }
    case 'module.released': {
      const { module, version, artifact, pipelineUrl } = announcement;
      return say('module.released', module, {
        provider,
        webhookId,
        announcedAt,
        module,
        version,
        artifact,
        pipelineUrl,
      });
    }
  }
}

function eventOf<Type extends EventType>(
  type: Type,
  about: string,
  data: EventData<Type>,
  { provider, webhookId, traceparent }: WebhookOrigin,
  index: number,
): CloudEvent {
  return newEvent(type, data, {
    source: 'croupier/aggregator',
    subject: subjectId(provider, about),
    id: eventIdOf(provider, webhookId, index),
    traceparent: traceparent !== undefined && parseTraceparent(traceparent) ? traceparent : undefined,
  });
}
