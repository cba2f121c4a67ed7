import { valid } from 'semver';
import { z } from 'zod';

/** Lower-case slug: a provider, a game or a module. It is safe in a path, a queue name and a cache key. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits or hyphens');

/** SemVer 2.0.0 without a leading `v` (https://semver.org). Build metadata is kept, and ignored in precedence. */
export const SemVer = z
  .string()
  .max(100)
  .refine((text) => valid(text) !== null && /^\d/.test(text), 'must be a SemVer 2.0.0 version such as 1.4.0');

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 as 64 lower-case hexadecimal digits');

/** ISO 3166-1 alpha-2, with an optional ISO 3166-2 subdivision for state-licensed markets: `MT`, `US-NJ`. */
export const Market = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'must be a market code such as MT or US-NJ');

/** `provider/game`: what has versions, traffic and at most one active rollout. */
export const SubjectId = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .brand<'SubjectId'>();
export type SubjectId = z.infer<typeof SubjectId>;

/** `provider/game@version`. */
export const GameVersionId = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+@\d.*$/)
  .brand<'GameVersionId'>();
export type GameVersionId = z.infer<typeof GameVersionId>;

export const ReleaseId = z.uuid().brand<'ReleaseId'>();
export type ReleaseId = z.infer<typeof ReleaseId>;

/** One line of text. PostgreSQL stores neither U+0000 nor half of a surrogate pair. */
export const LineOfText = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must have no control characters');

/** As Unleash SDKs know it. Releases name theirs as a `Slug`. */
export const FlagName = z
  .string()
  .regex(
    /^(?!\.\.?$)[^\p{Cc}\p{Cs}\s/?#%]{1,100}$/u,
    'must be 1 to 100 characters without spaces or / ? # %',
  );

export const Timestamp = z.iso.datetime({ offset: true });

export function subjectId(provider: string, game: string): SubjectId {
  return `${provider}/${game}` as SubjectId;
}

export function gameVersionId(subject: SubjectId, version: string): GameVersionId {
  return `${subject}@${version}` as GameVersionId;
}
