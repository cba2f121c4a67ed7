import { z } from 'zod';
import { SemVer, Sha256, Slug, Timestamp } from './identifiers';

/** The largest webhook body accepted, in bytes. */
export const WEBHOOK_BODY_LIMIT = 256 * 1024;

/** A provider's announcement, in the payload shape of Standard Webhooks 1.0.0 (`type`, `timestamp`, `data`). */
export const ProviderWebhook = z.object({
  type: z.enum(['game.added', 'game.updated']),
  timestamp: Timestamp,
  data: z.object({
    game: Slug,
    version: SemVer,
    manifestUrl: z.url({ protocol: /^https?$/ }),
    manifestSha256: Sha256,
  }),
});
export type ProviderWebhook = z.infer<typeof ProviderWebhook>;

export const WebhookAccepted = z.object({
  webhookId: z.string(),
  eventId: z.string(),
  /** True when this webhook had been accepted before; nothing was stored or published again. */
  duplicate: z.boolean(),
});
export type WebhookAccepted = z.infer<typeof WebhookAccepted>;
