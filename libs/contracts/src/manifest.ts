import { z } from 'zod';
import { Market, SemVer, Sha256, Slug } from './identifiers';

/** The most files one version may list, and the most bytes one file may have. */
export const MANIFEST_LIMITS = {
  files: 500,
  fileBytes: 64 * 1024 * 1024,
  manifestBytes: 1024 * 1024,
} as const;

const FilePath = z
  .string()
  .max(255)
  .regex(
    /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
    'must be a relative path without . or ..',
  );

export const ManifestFile = z.object({
  path: FilePath,
  sizeBytes: z.int().min(0).max(MANIFEST_LIMITS.fileBytes),
  sha256: Sha256,
});
export type ManifestFile = z.infer<typeof ManifestFile>;

/**
 * What a provider publishes for one version. File URLs are relative to the manifest's own URL.
 * The version's digest is the SHA-256 of the manifest's bytes, so it covers every file through its own SHA-256.
 */
export const GameManifest = z
  .object({
    manifestVersion: z.literal(1),
    provider: Slug,
    game: Slug,
    version: SemVer,
    markets: z.array(Market).min(1).max(300),
    files: z.array(ManifestFile).min(1).max(MANIFEST_LIMITS.files),
    /** The game server: a program that listens on the port given in `PORT`. */
    server: z.object({ runtime: z.literal('node'), entry: FilePath }),
    /** The frontend bundle's first page. */
    client: z.object({ entry: FilePath }),
    /** Flyway-named SQL files (`V1.1.0__add_bonus.sql`, `U1.1.0__add_bonus.sql`). */
    migrations: z.array(FilePath).max(100).default([]),
    /** Feature flags turned on by promotion and off by rollback. */
    flags: z.array(Slug).max(50).default([]),
  })
  .superRefine((manifest, context) => {
    const paths = new Set(manifest.files.map((file) => file.path));
    const referenced = [manifest.server.entry, manifest.client.entry, ...manifest.migrations];
    for (const path of referenced.filter((candidate) => !paths.has(candidate)))
      context.addIssue({
        code: 'custom',
        path: ['files'],
        message: `does not list ${path}, which the manifest names`,
      });
  });
export type GameManifest = z.infer<typeof GameManifest>;
