import { z } from 'zod';
import { ReleaseId, SemVer, Sha256, Slug, Timestamp } from '../identifiers';

export const ReleaseStatus = z.enum([
  'queued',
  'staging',
  'testing',
  'migrating',
  'deploying',
  'progressing',
  'paused',
  'promoted',
  'rolled-back',
  'failed',
]);
export type ReleaseStatus = z.infer<typeof ReleaseStatus>;

export const ReleaseView = z.object({
  id: ReleaseId,
  provider: Slug,
  game: Slug,
  version: SemVer,
  digest: Sha256,
  status: ReleaseStatus,
  stepIndex: z.int().nullable(),
  weightPercent: z.number(),
  stableVersion: SemVer.nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** One sentence: why the release is where it is. */
  reason: z.string(),
});
export type ReleaseView = z.infer<typeof ReleaseView>;

/** One entry of a release's append-only, hash-chained timeline. */
export const TimelineEntry = z.object({
  sequence: z.int().min(1),
  type: z.string(),
  at: Timestamp,
  actor: z.string(),
  summary: z.string(),
  data: z.unknown(),
  previousHash: z.string(),
  hash: z.string(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const OperatorCommand = z.object({ reason: z.string().min(3).max(500) });
export type OperatorCommand = z.infer<typeof OperatorCommand>;
