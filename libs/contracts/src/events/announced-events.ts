import { z } from 'zod';
import { LineOfText, Market, SemVer, Sha256, Slug, Timestamp } from '../identifiers';
import { OriginalVersion } from '../versioning';

const Announced = z.object({
  provider: Slug,
  webhookId: z.string(),
  announcedAt: Timestamp,
});

export const GameDisabled = Announced.extend({
  game: Slug,
  /** All versions when null. */
  version: SemVer.nullable(),
  originalVersion: OriginalVersion.optional(),
  /** All markets when null. */
  markets: z.array(Market).nullable(),
  reason: z.string(),
});
export type GameDisabled = z.infer<typeof GameDisabled>;

export const GameCertified = Announced.extend({
  game: Slug,
  version: SemVer,
  originalVersion: OriginalVersion.optional(),
  markets: z.array(Market).min(1),
  certificate: z.string().nullable(),
  validUntil: Timestamp.nullable(),
});
export type GameCertified = z.infer<typeof GameCertified>;

/** The provider takes a version back, wherever it has got to. */
export const ReleaseRevoked = Announced.extend({
  game: Slug,
  version: SemVer,
  originalVersion: OriginalVersion.optional(),
  reason: z.string(),
});
export type ReleaseRevoked = z.infer<typeof ReleaseRevoked>;

/** `sha256:` and 64 hexadecimal digits (https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests). */
const OciDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const ModuleArtifact = z.discriminatedUnion('kind', [
  /** `registry/repository:tag`. */
  z.object({ kind: z.literal('image'), reference: LineOfText.max(500), digest: OciDigest.nullable() }),
  /** An address, or a path in the repository manager. */
  z.object({ kind: z.literal('file'), reference: LineOfText.max(2000), sha256: Sha256.nullable() }),
]);
export type ModuleArtifact = z.infer<typeof ModuleArtifact>;

/** A module's own pipeline or registry says that a version of it is out. */
export const ModuleReleased = Announced.extend({
  module: Slug,
  version: SemVer,
  /** Null when the pipeline tells of none. */
  artifact: ModuleArtifact.nullable(),
  pipelineUrl: z.url().nullable(),
});
export type ModuleReleased = z.infer<typeof ModuleReleased>;

/** A sample that an operator sent through the whole path. Nobody acts on it. */
export const WebhookTested = z.object({
  provider: Slug,
  webhookId: z.string(),
  /** What a genuine webhook of this content would have published. */
  types: z.array(z.string()),
});
export type WebhookTested = z.infer<typeof WebhookTested>;
