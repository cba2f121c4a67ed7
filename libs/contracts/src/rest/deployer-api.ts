import { z } from 'zod';
import { MetricEvidence } from '../evidence';
import { Strategy } from '../release-plan';
import { ReleaseId, SemVer, Sha256, Slug, Timestamp } from '../identifiers';

export const ReleaseStatus = z.enum([
  'queued',
  'staging',
  'testing',
  'awaiting-approval',
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
  /** Counts the releases of this version. */
  attempt: z.int().min(1),
  strategy: Strategy,
  status: ReleaseStatus,
  /** Of `stepCount`, from 0; null before the first and after the last. */
  stepIndex: z.int().nullable(),
  stepCount: z.int(),
  weightPercent: z.number(),
  stableVersion: SemVer.nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Sequence of the timeline's last entry, and the ETag. */
  revision: z.int(),
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

/** One thing to be released that no webhook asks for: a way back, an emergency, a flag, or a version held for a person. */
export const ReleaseOrder = z.strictObject({
  provider: Slug,
  game: Slug,
  version: SemVer,
  /** Left out: as the policy says. */
  strategy: Strategy.optional(),
  /** For strategy `flag`: what is turned on, one after the other. */
  flags: z.array(Slug).max(50).default([]),
  reason: z.string().min(3).max(500),
});
export type ReleaseOrder = z.infer<typeof ReleaseOrder>;

export const OperatorCommand = z.strictObject({
  reason: z.string().min(3).max(500),
  /** For skip, approve, reject and override: the step that was looked at, so that a repeated request does nothing to the next. */
  stepIndex: z.int().min(0).nullable().optional(),
  /** For approve and override: what was looked at. Of another digest than the release's it is refused. */
  digest: Sha256.optional(),
});
export type OperatorCommand = z.infer<typeof OperatorCommand>;

/** How a rollout stands by the evidence: of all metrics that it is judged by, canary beside stable. */
export const ReleaseAnalysis = z.object({
  releaseId: ReleaseId,
  /** When it was judged so; null when it has not been judged yet. */
  judgedAt: Timestamp.nullable(),
  metrics: z.array(
    MetricEvidence.extend({
      /** What its failures are: failed or slow requests as the gateways count them, or what another source says. */
      counts: z.enum(['errors', 'slow', 'other']),
    }),
  ),
});
export type ReleaseAnalysis = z.infer<typeof ReleaseAnalysis>;

/** Takes a release back: one in traffic, or one that was promoted. */
export const RollbackOrder = z.strictObject({
  reason: z.string().min(3).max(500),
  /** Of a promoted release: the version to go back to, when it is not the one that was stable before. */
  to: SemVer.optional(),
});
export type RollbackOrder = z.infer<typeof RollbackOrder>;
