import { z } from 'zod';
import { GameVersionId, SemVer, Slug, SubjectId } from '../identifiers';
import { ChangeKind } from './policy-api';
import { Pool } from './pool-api';

/** What follows when a version goes to production in place of what is there. */
export const Impact = z.object({
  id: GameVersionId,
  /** What it would replace. */
  productionVersion: SemVer.nullable(),
  change: z.union([ChangeKind, z.enum(['none', 'downgrade'])]),
  /** Whether nothing breaks and nothing has to go first. */
  ready: z.boolean(),
  /** Versions in staging or production that require a version in a range it is not in. */
  breaks: z.array(
    z.object({
      id: GameVersionId,
      pool: Pool,
      range: z.string(),
      /** What is in production now does not fit either. */
      brokenAlready: z.boolean(),
    }),
  ),
  /** What it requires and production does not have. */
  first: z.array(
    z.object({
      subject: SubjectId,
      range: z.string(),
      productionVersion: SemVer.nullable(),
      /** The newest registered version that fits; null when there is none. */
      fitting: SemVer.nullable(),
    }),
  ),
  /** What caches may still have of it and of the version it replaces. */
  purge: z.object({
    prefix: z.string(),
    /** Of the version it replaces, which it has not, or has with other bytes. */
    files: z.array(z.string()),
  }),
  /** Migration scripts that the version in production has not brought. */
  migrations: z.array(z.string()),
  flags: z.array(Slug),
});
export type Impact = z.infer<typeof Impact>;
