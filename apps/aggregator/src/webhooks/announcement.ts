import type { CloudEvent, GameVersionAnnounced, ProviderWebhook } from '@croupier/contracts';
import { subjectId } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import { eventIdOf } from './event-id';

export interface WebhookOrigin {
  readonly provider: string;
  readonly webhookId: string;
  /** The `traceparent` header as it came. */
  readonly traceparent: string | undefined;
}

const CHANGES = { 'game.added': 'added', 'game.updated': 'updated' } as const;

/** Version 00 of W3C Trace Context (https://www.w3.org/TR/trace-context/#traceparent-header). */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What a verified webhook says to the platform. */
export function announcementOf(
  { type, timestamp, data }: ProviderWebhook,
  { provider, webhookId, traceparent }: WebhookOrigin,
): CloudEvent<'game.version.announced', GameVersionAnnounced> {
  return newEvent(
    'game.version.announced',
    {
      provider,
      game: data.game,
      version: data.version,
      change: CHANGES[type],
      // Percent-encoded: the parser takes characters, such as U+0000, that jsonb does not.
      manifestUrl: new URL(data.manifestUrl).href,
      manifestSha256: data.manifestSha256,
      webhookId,
      announcedAt: timestamp,
    },
    {
      source: 'croupier/aggregator',
      subject: subjectId(provider, data.game),
      id: eventIdOf(provider, webhookId),
      ...(traceparent !== undefined && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
    },
  );
}
