import { z } from 'zod';
import { AuditRecorded } from '../events/audit-events';
import { DealtVersion } from '../events/release-events';
import { LineOfText, Market, ReleaseId, SemVer, Sha256, Slug, Timestamp } from '../identifiers';

/** What an audit record's hash covers: all of it but the hash, in canonical JSON (RFC 8785). */
export const AuditContent = AuditRecorded.extend({
  /** Of the event that told of it. */
  id: z.string(),
  /** Of the tenant's chain, from 1 on, without gaps. */
  sequence: z.int().min(1),
  /** Never before that of the record before. */
  recordedAt: Timestamp,
  previousHash: Sha256,
});
export type AuditContent = z.infer<typeof AuditContent>;

/** One link of a tenant's chain. */
export const AuditRecord = AuditContent.extend({ hash: Sha256 });
export type AuditRecord = z.infer<typeof AuditRecord>;

/** A place in a chain. */
export const ChainPoint = z.object({ sequence: z.int().min(0), hash: Sha256 });
export type ChainPoint = z.infer<typeof ChainPoint>;

const Signature = {
  /** Which key: the first 16 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  /** Ed25519 over all of it but the signature, in canonical JSON. Base64. */
  signature: z.string(),
};

/** The service's word that a chain had this head at a time. */
export const AuditCheckpoint = z.object({
  tenant: Slug,
  ...ChainPoint.shape,
  at: Timestamp,
  ...Signature,
});
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint>;

/** The last line of an export. */
export const AuditManifest = z.object({
  kind: z.literal('manifest'),
  tenant: Slug,
  /** The times that were asked for: recorded at or after `from`, before `to`; null for no limit. */
  from: Timestamp.nullable(),
  to: Timestamp.nullable(),
  count: z.int().min(0),
  /** The record before the first one. */
  before: ChainPoint,
  /** Null of nothing. */
  first: ChainPoint.nullable(),
  last: ChainPoint.nullable(),
  exportedAt: Timestamp,
  ...Signature,
});
export type AuditManifest = z.infer<typeof AuditManifest>;

/**
 * The service's word that a chain went on from here when its records up to here, with it, had been kept for their
 * years: they are in the archive and no longer in the database.
 */
export const AuditAnchor = z.object({
  kind: z.literal('anchor'),
  tenant: Slug,
  /** The last record that went. */
  ...ChainPoint.shape,
  /** Everything that was recorded before went. */
  recordedBefore: Timestamp,
  /** An export of what went with this anchor: its name in the archive, and how many records it has. */
  archive: z.object({ file: z.string(), records: z.int().min(1) }),
  at: Timestamp,
  ...Signature,
});
export type AuditAnchor = z.infer<typeof AuditAnchor>;

/** What is kept in the database, and what went to the archive. */
export const AuditRetention = z.object({
  /** How long a record is kept at least, in years. */
  years: z.int(),
  /** Whether there is an archive; nothing goes without one. */
  archived: z.boolean(),
  /** The calendar years that are kept, each with when it may go. */
  kept: z.array(z.object({ year: z.int(), mayGoAt: Timestamp })),
  /** The latest of each chain. */
  anchors: z.array(AuditAnchor),
});
export type AuditRetention = z.infer<typeof AuditRetention>;

export const AuditKey = z.object({
  keyId: Signature.keyId,
  /** SubjectPublicKeyInfo, PEM. */
  publicKey: z.string(),
  /** Whether it is the one that signs now. */
  current: z.boolean(),
});
export const AuditKeys = z.object({ keys: z.array(AuditKey) });
export type AuditKeys = z.infer<typeof AuditKeys>;

export const AuditQuery = z.object({
  tenant: Slug.optional(),
  actor: LineOfText.max(200).optional(),
  /** An action, or the beginning of some that ends in a dot: `policy.`. */
  action: LineOfText.max(100).optional(),
  objectType: Slug.optional(),
  objectId: LineOfText.max(300).optional(),
  /** Happened at or after. */
  from: Timestamp.optional(),
  /** Happened before. */
  to: Timestamp.optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditExportQuery = z.object({
  tenant: Slug,
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type AuditExportQuery = z.infer<typeof AuditExportQuery>;

export const ChainFaultKind = z.enum([
  'malformed',
  'edited',
  'gap',
  'repeated',
  'out-of-order',
  'unlinked',
  'truncated',
  'bad-signature',
  'unknown-key',
  'not-in-export',
]);
/** What is wrong with a chain, and where. */
export const ChainFault = z.object({
  kind: ChainFaultKind,
  /** Of the record at fault; null where there is none. */
  sequence: z.int().nullable(),
  /** Of a file, from 1 on. */
  line: z.int().nullable(),
  detail: z.string(),
});
export type ChainFault = z.infer<typeof ChainFault>;

export const ChainReport = z.object({
  tenant: z.string().nullable(),
  verified: z.boolean(),
  /** Records looked at. */
  records: z.int(),
  first: ChainPoint.nullable(),
  last: ChainPoint.nullable(),
  /** Signatures looked at. */
  signatures: z.int(),
  /** From where it was followed; null when that was its beginning. */
  anchor: AuditAnchor.nullable().optional(),
  /** The first hundred. */
  faults: z.array(ChainFault),
});
export type ChainReport = z.infer<typeof ChainReport>;

export const AuditVerification = z.object({ verified: z.boolean(), tenants: z.array(ChainReport) });
export type AuditVerification = z.infer<typeof AuditVerification>;

/** The JSON is what is signed; the others carry its digest and its signature. */
export const ServiceReportFormat = z.enum(['json', 'csv', 'pdf']);
export type ServiceReportFormat = z.infer<typeof ServiceReportFormat>;

export const ServiceReportQuery = z.object({
  provider: Slug,
  game: Slug,
  market: Market.optional(),
  from: Timestamp,
  to: Timestamp,
  /** Before what `Accept` says; JSON where neither says anything. */
  format: ServiceReportFormat.optional(),
});
export type ServiceReportQuery = z.infer<typeof ServiceReportQuery>;

const Period = { from: Timestamp, to: Timestamp.nullable() };

/** A time in which a version was dealt to new sessions in a market, without a break and in one role. */
export const ServiceInterval = z.object({
  market: Market,
  version: SemVer,
  digest: Sha256,
  role: DealtVersion.shape.role,
  /** `to` is null where it went on at the end of what was asked for. */
  ...Period,
  /** Its share of the new sessions, in percent, one after the other. */
  weights: z.array(z.object({ weightPercent: z.number(), ...Period })),
  certificates: z.array(
    z.object({
      certificate: z.string().nullable(),
      laboratory: z.string().nullable(),
      validFrom: Timestamp,
      validTo: Timestamp.nullable(),
      /** By whose word. */
      actor: z.string(),
    }),
  ),
  /** Of the release that brought the version. */
  releaseId: ReleaseId.nullable(),
  approvers: z.array(z.string()),
  /** Who let it go on without the approvals that lacked, and why. */
  overrides: z.array(z.object({ actor: z.string(), reason: z.string(), at: Timestamp })),
  /** Why it ended; null where it went on, or nobody told. */
  endedBecause: z.string().nullable(),
});
export type ServiceInterval = z.infer<typeof ServiceInterval>;

/** For a regulator: what was dealt, where, from when to when, and on whose word. */
export const ServiceReport = z.object({
  provider: Slug,
  game: Slug,
  market: Market.nullable(),
  from: Timestamp,
  to: Timestamp,
  madeAt: Timestamp,
  /** What was recorded before is in the archive, and not looked at; null where nothing is. */
  recordsSince: Timestamp.nullable().optional(),
  intervals: z.array(ServiceInterval),
  /**
   * SHA-256 of the report in canonical JSON without this, `madeAt`, `keyId` and `signature`: the same for the same
   * facts, whenever and in whichever format they are told.
   */
  contentDigest: Sha256.optional(),
  ...Signature,
});
export type ServiceReport = z.infer<typeof ServiceReport>;
