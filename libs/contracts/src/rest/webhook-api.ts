import { z } from 'zod';
import { LineOfText, Slug, Timestamp } from '../identifiers';

export const WebhookQuery = z.object({
  provider: Slug.optional(),
  type: LineOfText.min(1).max(50).optional(),
  webhookId: LineOfText.min(1).max(200).optional(),
  /** From this time on. */
  since: Timestamp.optional(),
  /** Before this time. */
  until: Timestamp.optional(),
  /** Text in the body. */
  contains: LineOfText.min(1).max(100).optional(),
  /** `next` of the page before. */
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type WebhookQuery = z.infer<typeof WebhookQuery>;

export const StoredWebhook = z.object({
  /** Also the id of the first event it became. */
  id: z.uuid(),
  provider: Slug,
  webhookId: z.string(),
  type: z.string(),
  receivedAt: Timestamp,
  sizeBytes: z.int(),
});
export type StoredWebhook = z.infer<typeof StoredWebhook>;

/** The latest first. */
export const WebhookPage = z.object({ webhooks: z.array(StoredWebhook), next: z.string().nullable() });
export type WebhookPage = z.infer<typeof WebhookPage>;

export const StoredWebhookWithBody = StoredWebhook.extend({
  /** As it was sent. */
  body: z.string(),
  sha256: z.string(),
});
export type StoredWebhookWithBody = z.infer<typeof StoredWebhookWithBody>;

export const RedeliverRequest = z.object({
  reason: LineOfText.trim().min(3).max(500),
  /**
   * False publishes the same event: who has worked on it does nothing, who has not does it now. True publishes it
   * as a new event, and everybody does it again.
   */
  asNew: z.boolean().default(false),
});
export type RedeliverRequest = z.infer<typeof RedeliverRequest>;

export const Redelivery = z.object({
  id: z.uuid(),
  events: z.array(z.object({ id: z.uuid(), type: z.string() })),
});
export type Redelivery = z.infer<typeof Redelivery>;
