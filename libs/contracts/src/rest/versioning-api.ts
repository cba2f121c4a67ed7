import { z } from 'zod';
import { SemVer, Slug } from '../identifiers';
import { OriginalVersion, VersioningScheme } from '../versioning';
import { ChangeNote, Reason } from './document-history';

export const VersioningOrder = VersioningScheme.extend({ reason: Reason });
export type VersioningOrder = z.infer<typeof VersioningOrder>;

export const VersioningView = z.object({
  provider: Slug,
  scheme: VersioningScheme,
  /** Rises with every change, and is the ETag; 0 for the default. */
  revision: z.int().min(0),
  changed: ChangeNote.nullable(),
});
export type VersioningView = z.infer<typeof VersioningView>;

/** Tries a scheme: what it makes of each version, without being stored. */
export const VersioningTrial = VersioningScheme.extend({
  versions: z.array(OriginalVersion).min(1).max(100),
});
export type VersioningTrial = z.infer<typeof VersioningTrial>;

export const VersioningTried = z.object({
  versions: z.array(z.object({ originalVersion: z.string(), version: SemVer.nullable() })),
});
export type VersioningTried = z.infer<typeof VersioningTried>;
