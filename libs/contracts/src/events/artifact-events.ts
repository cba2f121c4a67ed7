import { z } from 'zod';
import { SemVer, Sha256, Slug, Timestamp } from '../identifiers';
import { GameManifest } from '../manifest';

export const GameVersionAnnounced = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  change: z.enum(['added', 'updated']),
  manifestUrl: z.url(),
  manifestSha256: Sha256,
  webhookId: z.string(),
  announcedAt: Timestamp,
});
export type GameVersionAnnounced = z.infer<typeof GameVersionAnnounced>;

export const ArtifactRegistered = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  /** SHA-256 of the manifest's bytes. */
  digest: Sha256,
  manifestUrl: z.url(),
  manifest: GameManifest,
});
export type ArtifactRegistered = z.infer<typeof ArtifactRegistered>;

export const ArtifactRejected = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  reason: z.enum(['digest-conflict', 'digest-mismatch', 'unreachable', 'invalid-manifest', 'too-large']),
  detail: z.string(),
});
export type ArtifactRejected = z.infer<typeof ArtifactRejected>;
