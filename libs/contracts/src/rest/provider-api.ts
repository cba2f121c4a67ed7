import { z } from 'zod';
import { LineOfText, Slug, Timestamp } from '../identifiers';
import { WebhookType } from '../provider-webhook';
import { PayloadSettings } from './payload-settings';
import { HeaderName, SignatureSettings } from './signature-settings';

const AddressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an IP address or a range such as 203.0.113.0/24',
});

/** Webhooks a second on average, and how many at once. Counted by each replica for itself. */
export const RateLimit = z.object({
  perSecond: z.number().min(0.01).max(100_000),
  burst: z.int().min(1).max(1_000_000),
});
export type RateLimit = z.infer<typeof RateLimit>;

export const ProviderSettings = z.object({
  signature: SignatureSettings.prefault({ kind: 'standard-webhooks' }),
  payload: PayloadSettings.prefault({ kind: 'croupier' }),
  /** What is taken from this provider; all of it when null. */
  eventTypes: z.array(WebhookType).min(1).nullable().default(null),
  /** Where its webhooks may come from; from anywhere when empty. */
  allowedAddresses: z.array(AddressRange).max(200).default([]),
  rateLimit: RateLimit.nullable().default(null),
  /** Holds an id that stays the same on every retry, where the signature covers none; else the content is the id. */
  idHeader: HeaderName.nullable().default(null),
});
export type ProviderSettings = z.infer<typeof ProviderSettings>;

/** A secret in the form that the provider's signature needs; checked against it. */
const SecretText = LineOfText.min(1).max(500);

export const RotateSecretRequest = z
  .object({
    secret: SecretText.optional(),
    /** How long the secret before is accepted beside the new one. 0 ends it at once. */
    overlapSeconds: z
      .int()
      .min(0)
      .max(30 * 24 * 60 * 60)
      .default(24 * 60 * 60),
  })
  .prefault({});

/** Only what is given changes. Without the defaults of `ProviderSettings`, which would change what is not given. */
export const ProviderChanges = z.strictObject({
  signature: SignatureSettings.optional(),
  payload: PayloadSettings.optional(),
  eventTypes: z.array(WebhookType).min(1).nullable().optional(),
  allowedAddresses: z.array(AddressRange).max(200).optional(),
  rateLimit: RateLimit.nullable().optional(),
  idHeader: HeaderName.nullable().optional(),
});
export type ProviderChanges = z.infer<typeof ProviderChanges>;

export const PutProviderRequest = z
  .object({ secret: SecretText.optional(), settings: ProviderChanges.optional() })
  .default({});

export const ChangeProviderRequest = ProviderChanges.extend({
  /** For a new `signature` that needs another form of secret; drawn when there is none. */
  secret: SecretText.optional(),
});
export type ChangeProviderRequest = z.infer<typeof ChangeProviderRequest>;

export const PauseRequest = z.object({ reason: LineOfText.trim().min(3).max(500) });

export const ProviderView = z.object({
  name: Slug,
  settings: ProviderSettings,
  /** Rises with every change. */
  revision: z.int(),
  createdAt: Timestamp,
  /** When the current secret was set; null without one. */
  rotatedAt: Timestamp.nullable(),
  /** Accepted now, the newest first. A current one has no end. */
  secrets: z.array(z.object({ createdAt: Timestamp, validUntil: Timestamp.nullable() })),
  paused: z.object({ since: Timestamp, reason: z.string() }).nullable(),
});
export type ProviderView = z.infer<typeof ProviderView>;

export const ProviderSummary = z.object({
  name: Slug,
  createdAt: Timestamp,
  rotatedAt: Timestamp.nullable(),
  activeSecrets: z.int().min(0),
  signature: z.string(),
  payload: z.string(),
  paused: z.boolean(),
});
export type ProviderSummary = z.infer<typeof ProviderSummary>;

/** The only time that the secret is shown; null when the signature has none. */
export const ProviderSecret = z.object({ name: Slug, secret: z.string().nullable() });
export type ProviderSecret = z.infer<typeof ProviderSecret>;

export const TestProviderRequest = z
  .object({
    /** A body as the provider sends it; a sample of its payload kind when there is none. */
    payload: z.json().optional(),
    /** Further headers of the sample, such as the vendor's event header. */
    headers: z.record(HeaderName, LineOfText.max(1000)).default({}),
  })
  .prefault({});
export type TestProviderRequest = z.infer<typeof TestProviderRequest>;

export const ProviderTest = z.object({
  webhookId: z.string(),
  /** Of the `webhook.tested` event that is on its way. */
  eventId: z.string(),
  /** What a genuine webhook like the sample does. */
  outcome: z.enum(['accepted', 'ignored']),
  reason: z.string().nullable(),
  /** What it publishes: type and data of each event. */
  events: z.array(z.object({ type: z.string(), data: z.unknown() })),
});
export type ProviderTest = z.infer<typeof ProviderTest>;
