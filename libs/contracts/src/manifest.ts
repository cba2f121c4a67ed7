import { z } from 'zod';
import { Market, SemVer, Sha256, Slug } from './identifiers';
import { Requirement } from './release-plan';

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

/** A repository without tag or digest: the tag is the version. https://github.com/distribution/reference */
const ImageRepository = z
  .string()
  .max(255)
  .regex(
    /^[a-z0-9]+([.-][a-z0-9]+)*(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/,
    'must be an image repository such as registry.example/acme/slots, without a tag',
  );

/** The game server: a program that listens on the port given in `PORT`, or one that the provider runs itself. */
export const GameServer = z.discriminatedUnion('runtime', [
  z.object({ runtime: z.literal('node'), entry: FilePath }),
  /** Base URL, without a trailing slash. It has to answer for this version alone. */
  z.object({ runtime: z.literal('remote'), url: z.url({ protocol: /^https?$/ }) }),
  /** A container, tagged with the version, that listens on the port. */
  z.object({
    runtime: z.literal('image'),
    image: ImageRepository,
    port: z.int().min(1).max(65_535).default(8080),
  }),
  /** No server: the files are all there is. */
  z.object({ runtime: z.literal('static') }),
]);
export type GameServer = z.infer<typeof GameServer>;

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
    server: GameServer,
    /** The frontend bundle's first page. */
    client: z.object({ entry: FilePath }),
    /** Postman collections, format 2.1, that have to pass on staging; left out, the built-in money path. */
    collections: z.array(FilePath).min(1).max(20).optional(),
    /** Flyway-named SQL files (`V1.1.0__add_bonus.sql`, `U1.1.0__add_bonus.sql`). */
    migrations: z.array(FilePath).max(100).default([]),
    /** Feature flags turned on by promotion and off by rollback. */
    flags: z.array(Slug).max(50).default([]),
    /** Modules that have to be stable in a fitting version before this one may start. */
    requires: z.array(Requirement).max(50).default([]),
  })
  .superRefine((manifest, context) => {
    const paths = new Set(manifest.files.map((file) => file.path));
    const { server, client, migrations, collections = [] } = manifest;
    const entries = server.runtime === 'node' ? [server.entry, client.entry] : [client.entry];
    const referenced = [...entries, ...migrations, ...collections];
    for (const path of referenced.filter((candidate) => !paths.has(candidate)))
      context.addIssue({
        code: 'custom',
        path: ['files'],
        message: `does not list ${path}, which the manifest names`,
      });
  });
export type GameManifest = z.infer<typeof GameManifest>;
