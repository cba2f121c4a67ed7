import { z } from 'zod';
import { LineOfText, Market, SemVer, Sha256, Slug, Timestamp } from './identifiers';
import { announcedVersion, OriginalVersion } from './versioning';

/** The largest webhook body accepted, in bytes. */
export const WEBHOOK_BODY_LIMIT = 256 * 1024;

const Reason = LineOfText.trim().min(3).max(500);
const Markets = z.array(Market).min(1).max(300);

/** A provider with versions of its own sends `originalVersion`, and `version` only where it has a SemVer as well. */
const NAMED_VERSION = { version: SemVer.optional(), originalVersion: OriginalVersion.optional() };

interface NamedVersion {
  readonly version?: string | undefined;
  readonly originalVersion?: string | undefined;
}

/** With a SemVer: the one sent, or one that the registry corrects by the provider's scheme; without when there is none. */
function withSemVer<Data extends NamedVersion>(data: Data): Data {
  const { version, originalVersion } = data;
  if (version !== undefined || originalVersion === undefined) return data;
  return { ...data, version: announcedVersion(originalVersion) ?? undefined };
}

/**
 * What names a version has its SemVer. By checks and not by a transformation, whose context Zod keeps beyond the
 * parsing, and with it the webhook.
 */
function versioned<Schema extends z.ZodType<NamedVersion>>(schema: Schema): Schema {
  return schema
    .overwrite(withSemVer)
    .refine(({ version, originalVersion }) => version !== undefined || originalVersion === undefined, {
      path: ['originalVersion'],
      error: 'has no number in it: send the SemVer that it stands for in version',
    });
}

/** The same of one version, which has to be named. */
function ofOneVersion<Schema extends z.ZodType<NamedVersion>>(schema: Schema) {
  const named = versioned(schema).refine(
    ({ version, originalVersion }) => version !== undefined || originalVersion !== undefined,
    { path: ['version'], error: 'must be a SemVer 2.0.0 version such as 1.4.0' },
  );
  return named as unknown as z.ZodType<z.output<Schema> & { version: string }, z.input<Schema>>;
}

const AnnouncedVersion = ofOneVersion(
  z.object({
    game: Slug,
    ...NAMED_VERSION,
    /** Where the manifest is, or the bundle in an OCI registry: `oci://registry/repository@sha256:...` (or `:tag`). */
    manifestUrl: z.url({ protocol: /^(https?|oci)$/ }),
    manifestSha256: Sha256,
  }),
);

const DisabledGame = versioned(
  z.object({
    game: Slug,
    /** All versions when there is none. */
    ...NAMED_VERSION,
    /** All markets when there is none. */
    markets: Markets.optional(),
    reason: Reason,
  }),
);

const CertifiedVersion = ofOneVersion(
  z.object({
    game: Slug,
    ...NAMED_VERSION,
    markets: Markets,
    /** The laboratory's number for it. */
    certificate: LineOfText.trim().min(1).max(200).optional(),
    validUntil: Timestamp.optional(),
  }),
);

const RevokedRelease = ofOneVersion(z.object({ game: Slug, ...NAMED_VERSION, reason: Reason }));

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
