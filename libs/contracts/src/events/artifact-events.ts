import { z } from 'zod';
import { Market, SemVer, Sha256, Slug, Timestamp } from '../identifiers';
import { GameManifest } from '../manifest';
import { OriginalVersion } from '../versioning';

export const GameVersionAnnounced = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  /** As the provider writes it; `version` is `announcedVersion` of it then, or what the provider sent beside it. */
  originalVersion: OriginalVersion.optional(),
  change: z.enum(['added', 'updated']),
  /** `oci://registry/repository@sha256:...` (or `:tag`) for a bundle in an OCI registry. */
  manifestUrl: z.url(),
  manifestSha256: Sha256,
  webhookId: z.string(),
  announcedAt: Timestamp,
});
export type GameVersionAnnounced = z.infer<typeof GameVersionAnnounced>;

/** Where a version may be dealt. Always told whole: of two, the one with the higher revision holds. */
export const Clearance = z.object({
  revision: z.int().min(1),
  /** The markets in which the version is certified. */
  markets: z.array(Market).max(300),
  /** A revoked version is served nowhere, not even to the sessions it has. It stays revoked. */
  revoked: z.boolean(),
});
export type Clearance = z.infer<typeof Clearance>;

/** A version was certified, lost a certificate, or was revoked. */
export const ClearanceChanged = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  digest: Sha256,
  clearance: Clearance,
  reason: z.string(),
  actor: z.string(),
});
export type ClearanceChanged = z.infer<typeof ClearanceChanged>;

/** A certificate ends within the time that operators want to be warned of. Told once a certificate. */
export const CertificateExpiring = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  market: Market,
  certificate: z.string().nullable(),
  laboratory: z.string().nullable(),
  validTo: Timestamp,
});
export type CertificateExpiring = z.infer<typeof CertificateExpiring>;

export const ArtifactRegistered = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  /** SHA-256 of the manifest's bytes. */
  digest: Sha256,
  /** The files' paths are relative to it. It is an address of the registry where only the registry can fetch them. */
  manifestUrl: z.url(),
  manifest: GameManifest,
  /** Absent from a registry that knows no certificates: the manifest's markets count. */
  clearance: Clearance.optional(),
});
export type ArtifactRegistered = z.infer<typeof ArtifactRegistered>;

export const ArtifactRejected = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  reason: z.enum([
    'digest-conflict',
    'digest-mismatch',
    'unreachable',
    'invalid-manifest',
    'too-large',
    'forbidden-address',
    'signature-invalid',
    /** What a registered version was fetched from has other bytes by now. The version itself stays as it is. */
    'republished',
  ]),
  detail: z.string(),
});
export type ArtifactRejected = z.infer<typeof ArtifactRejected>;
