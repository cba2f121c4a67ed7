import { z } from 'zod';
import { LineOfText, Market, SemVer, Sha256, Slug, Timestamp } from './identifiers';

/** The largest webhook body accepted, in bytes. */
export const WEBHOOK_BODY_LIMIT = 256 * 1024;

const Reason = LineOfText.trim().min(3).max(500);
const Markets = z.array(Market).min(1).max(300);

const AnnouncedVersion = z.object({
  game: Slug,
  version: SemVer,
  /** Where the manifest is, or the bundle in an OCI registry: `oci://registry/repository@sha256:...` (or `:tag`). */
  manifestUrl: z.url({ protocol: /^(https?|oci)$/ }),
  manifestSha256: Sha256,
});

const DisabledGame = z.object({
  game: Slug,
  /** All versions when there is none. */
  version: SemVer.optional(),
  /** All markets when there is none. */
  markets: Markets.optional(),
  reason: Reason,
});

const CertifiedVersion = z.object({
  game: Slug,
  version: SemVer,
  markets: Markets,
  /** The laboratory's number for it. */
  certificate: LineOfText.trim().min(1).max(200).optional(),
  validUntil: Timestamp.optional(),
});

const RevokedRelease = z.object({ game: Slug, version: SemVer, reason: Reason });

/** A provider's announcement, in the payload shape of Standard Webhooks 1.0.0 (`type`, `timestamp`, `data`). */
export const ProviderWebhook = z.discriminatedUnion('type', [
  z.object({ type: z.literal('game.added'), timestamp: Timestamp, data: AnnouncedVersion }),
  z.object({ type: z.literal('game.updated'), timestamp: Timestamp, data: AnnouncedVersion }),
  z.object({ type: z.literal('game.disabled'), timestamp: Timestamp, data: DisabledGame }),
  z.object({ type: z.literal('game.certified'), timestamp: Timestamp, data: CertifiedVersion }),
  z.object({ type: z.literal('release.revoked'), timestamp: Timestamp, data: RevokedRelease }),
]);
export type ProviderWebhook = z.infer<typeof ProviderWebhook>;

/** What can come of a webhook: a provider's announcement, or a module's release read from a pipeline's message. */
export const WebhookType = z.enum([
  'game.added',
  'game.updated',
  'game.disabled',
  'game.certified',
  'release.revoked',
  'module.released',
]);
export type WebhookType = z.infer<typeof WebhookType>;

export const WebhookAccepted = z.object({
  webhookId: z.string(),
  eventId: z.string(),
  /** True when this webhook had been accepted before; nothing was stored or published again. */
  duplicate: z.boolean(),
});
export type WebhookAccepted = z.infer<typeof WebhookAccepted>;

/** Genuine, but nothing the platform acts on; nothing was stored. */
export const WebhookIgnored = z.object({ webhookId: z.string(), ignored: z.string() });
export type WebhookIgnored = z.infer<typeof WebhookIgnored>;
