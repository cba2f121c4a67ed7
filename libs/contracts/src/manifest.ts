import { z } from 'zod';
import { LineOfText, Market, SemVer, Sha256, Slug } from './identifiers';
import { Requirement } from './release-plan';
import { OriginalVersion } from './versioning';

/** The most files one version may list and the most bytes one file may have; the most servers beside a first one. */
export const MANIFEST_LIMITS = {
  files: 500,
  fileBytes: 64 * 1024 * 1024,
  manifestBytes: 1024 * 1024,
  replicas: 31,
} as const;

export const FilePath = z
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

const ServerUrl = z.url({ protocol: /^https?$/ });

/** The game server: a program that listens on the port given in `PORT`, an image, or one that the provider runs itself. */
export const GameServer = z.discriminatedUnion('runtime', [
  z.object({ runtime: z.literal('node'), entry: FilePath }),
  /** A container that listens on the port. */
  z.object({
    runtime: z.literal('image'),
    image: ImageRepository,
    /** What the tag stood for when the version was registered; the registry writes it in. No push can change it. */
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional(),
    port: z.int().min(1).max(65_535).default(8080),
  }),
  /** Base URLs, without a trailing slash. Each has to answer for this version alone. */
  z.object({
    runtime: z.literal('remote'),
    url: ServerUrl,
    /** More servers that share its sessions: players are spread over all of them, and kept from those that fail. */
    replicas: z.array(ServerUrl).max(MANIFEST_LIMITS.replicas).optional(),
  }),
  /** No server: the files are all there is. */
  z.object({ runtime: z.literal('static') }),
]);
export type GameServer = z.infer<typeof GameServer>;

export const SubjectKind = z.enum(['game', 'module']);
export type SubjectKind = z.infer<typeof SubjectKind>;

export const Channel = z.enum(['stable', 'beta']);
export type Channel = z.infer<typeof Channel>;

/** Return to player in percent of what is staked. */
export const Rtp = z.number().gt(0).max(100);

/** ISO 4217, or the longer code of a currency that has none there. */
export const Currency = z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/, 'must be a currency code such as EUR');

/** BCP 47: `en`, `pt-BR`. */
export const Language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as en or pt-BR');

export const Device = z.enum(['desktop', 'mobile', 'tablet']);
export type Device = z.infer<typeof Device>;

/** What PostgreSQL stores: neither U+0000 nor half of a surrogate pair. */
const Text = z.string().regex(/^[^\0\p{Cs}]*$/u, 'must be text');

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
    /** As the provider writes it, where that is not SemVer. */
    originalVersion: OriginalVersion.optional(),
    /** A game unless it says otherwise. Modules need no certificate. */
    kind: SubjectKind.optional(),
    title: LineOfText.trim().min(1).max(200).optional(),
    /** Beta for a prerelease and stable for all else, unless it says otherwise. */
    channel: Channel.optional(),
    /** The returns to player that it can be set to. */
    rtpVariants: z.array(Rtp).max(20).optional(),
    /** Those that it supports. */
    markets: z.array(Market).min(1).max(300),
    currencies: z.array(Currency).max(300).optional(),
    languages: z.array(Language).max(300).optional(),
    devices: z.array(Device).max(3).optional(),
    releaseNotes: Text.max(20_000).optional(),
    files: z.array(ManifestFile).max(MANIFEST_LIMITS.files),
    server: GameServer,
    /** The frontend bundle's first page; an image may have none. */
    client: z.object({ entry: FilePath }).optional(),
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
    if (server.runtime !== 'image' && client === undefined)
      context.addIssue({
        code: 'custom',
        path: ['client'],
        message: 'is missing: only an image may have none',
      });
    const referenced = [
      ...(server.runtime === 'node' ? [server.entry] : []),
      ...(client ? [client.entry] : []),
      ...migrations,
      ...collections,
    ];
    for (const path of referenced.filter((candidate) => !paths.has(candidate)))
      context.addIssue({
        code: 'custom',
        path: ['files'],
        message: `does not list ${path}, which the manifest names`,
      });
  });
export type GameManifest = z.infer<typeof GameManifest>;
