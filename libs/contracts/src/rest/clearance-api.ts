import { z } from 'zod';
import { Clearance } from '../events/artifact-events';
import { GameVersionId, LineOfText, Market, SemVer, Sha256, Slug, Timestamp } from '../identifiers';
import { Channel, Rtp } from '../manifest';
import { OriginalVersion } from '../versioning';
import { ChangeNote, Reason } from './document-history';
import { Pool } from './pool-api';

/** What a market asks for: a certificate, or the provider's own word in the manifest. */
export const Certification = z.enum(['required', 'declared']);
export type Certification = z.infer<typeof Certification>;

export const MarketOrder = z.strictObject({ certification: Certification, reason: Reason });
export type MarketOrder = z.infer<typeof MarketOrder>;

export const MarketView = z.object({
  market: Market,
  certification: Certification,
  /** Whether the market has a rule of its own; else the default holds. */
  isDefault: z.boolean(),
  /** Rises with every change, and is the ETag; 0 for the default. */
  revision: z.int().min(0),
  changed: ChangeNote.nullable(),
});
export type MarketView = z.infer<typeof MarketView>;

/** One line of an import: what a laboratory has certified, in one market. */
export const CertificateOrder = z
  .strictObject({
    provider: Slug,
    game: Slug,
    version: SemVer.optional(),
    originalVersion: OriginalVersion.optional(),
    market: Market,
    /** The laboratory's number for it. With it, the same line again is the same certificate. */
    certificate: LineOfText.trim().min(1).max(200),
    laboratory: LineOfText.trim().min(1).max(200).nullable().default(null),
    /** Of the manifest that was certified; of whatever is registered under the version when null. */
    digest: Sha256.nullable().default(null),
    validFrom: Timestamp,
    /** The first moment at which it does not hold any more; null for no end. */
    validTo: Timestamp.nullable().default(null),
    /** The return to player that was certified, in percent. */
    rtp: Rtp.nullable().default(null),
  })
  .refine(({ version, originalVersion }) => version !== undefined || originalVersion !== undefined, {
    path: ['version'],
    error: 'must be there, or originalVersion',
  })
  .refine(({ validFrom, validTo }) => validTo === null || Date.parse(validFrom) < Date.parse(validTo), {
    path: ['validTo'],
    error: 'must be after validFrom',
  });
export type CertificateOrder = z.infer<typeof CertificateOrder>;

export const CERTIFICATE_IMPORT_LIMIT = 5_000;

export const CertificateImport = z.strictObject({
  certificates: z.array(CertificateOrder).min(1).max(CERTIFICATE_IMPORT_LIMIT),
  reason: Reason,
});
export type CertificateImport = z.infer<typeof CertificateImport>;

export const CertificateImported = z.object({
  certificates: z.int(),
  /** Versions that may be dealt somewhere they might not before, or the reverse. */
  clearancesChanged: z.int(),
  /** Certified, but not registered yet: the certificates count from their registration on. */
  unregistered: z.array(GameVersionId),
});
export type CertificateImported = z.infer<typeof CertificateImported>;

export const CertificateState = z.enum(['in-force', 'not-yet-valid', 'expired', 'withdrawn']);
export type CertificateState = z.infer<typeof CertificateState>;

export const CertificateQuery = z.object({
  provider: Slug.optional(),
  game: Slug.optional(),
  version: SemVer.optional(),
  market: Market.optional(),
  /** In force now, and not any more after so many days. */
  expiringWithinDays: z.coerce.number().int().min(1).max(3650).optional(),
});
export type CertificateQuery = z.infer<typeof CertificateQuery>;

export const CertificateView = z.object({
  id: z.string(),
  provider: Slug,
  game: Slug,
  version: SemVer,
  market: Market,
  certificate: z.string().nullable(),
  laboratory: z.string().nullable(),
  digest: Sha256.nullable(),
  validFrom: Timestamp,
  validTo: Timestamp.nullable(),
  rtp: Rtp.nullable(),
  state: CertificateState,
  /** Who brought it: an operator, or the provider. */
  actor: z.string(),
  withdrawn: ChangeNote.nullable(),
});
export type CertificateView = z.infer<typeof CertificateView>;

/** What was told of a version's markets, whole, at a time. */
export const ClearanceEntry = z.object({
  clearance: Clearance,
  at: Timestamp,
  actor: z.string(),
  reason: z.string(),
});
export type ClearanceEntry = z.infer<typeof ClearanceEntry>;

/** A provider's wish that a game be offered no more: no new session, but open ones go on. */
export const DisablementView = z.object({
  id: z.string(),
  provider: Slug,
  game: Slug,
  /** All versions, also later ones, when null. */
  version: SemVer.nullable(),
  /** All markets when null. */
  markets: z.array(Market).nullable(),
  since: Timestamp,
  reason: z.string(),
  lifted: ChangeNote.nullable(),
});
export type DisablementView = z.infer<typeof DisablementView>;

export const EligibilityQuery = z.object({
  provider: Slug,
  game: Slug,
  market: Market,
  version: SemVer.optional(),
});
export type EligibilityQuery = z.infer<typeof EligibilityQuery>;

export const IneligibilityReason = z.enum([
  'not-registered',
  'revoked',
  'market-not-supported',
  'disabled',
  'not-certified',
  'not-yet-valid',
  'expired',
  'withdrawn',
  'other-digest',
  'other-rtp',
]);
export type IneligibilityReason = z.infer<typeof IneligibilityReason>;

const Grounds = z.object({ code: IneligibilityReason, detail: z.string() });

export const VersionEligibility = z.object({
  version: SemVer,
  digest: Sha256,
  channel: Channel,
  pool: Pool,
  eligible: z.boolean(),
  /** Why not; empty when it is. */
  reasons: z.array(Grounds),
  /** What it is certified by here; null where the manifest's word is enough. */
  certificate: z
    .object({
      certificate: z.string().nullable(),
      laboratory: z.string().nullable(),
      validTo: Timestamp.nullable(),
      rtp: Rtp.nullable(),
    })
    .nullable(),
});
export type VersionEligibility = z.infer<typeof VersionEligibility>;

/** Which version may be dealt in a market now, and why the others may not. */
export const Eligibility = z.object({
  provider: Slug,
  game: Slug,
  market: Market,
  certification: Certification,
  eligible: z.boolean(),
  /** What may be dealt: the version in production if it may, else the newest that may. */
  version: SemVer.nullable(),
  /** Why nothing may be dealt; empty when something may. */
  reasons: z.array(Grounds),
  /** Newest first, 200 at most. */
  versions: z.array(VersionEligibility),
});
export type Eligibility = z.infer<typeof Eligibility>;

export const RevocationOrder = z.strictObject({ reason: Reason });
export type RevocationOrder = z.infer<typeof RevocationOrder>;

export const RevocationView = z.object({
  id: GameVersionId,
  /** True when it had been revoked before; nothing was told again. */
  already: z.boolean(),
  /** False when it is revoked ahead of its registration. */
  registered: z.boolean(),
  revoked: ChangeNote,
});
export type RevocationView = z.infer<typeof RevocationView>;
