import { z } from 'zod';
import { FlagName, Market, ReleaseId, SemVer, Sha256, Slug, Timestamp } from '../identifiers';
import { MetricEvidence } from '../evidence';

export const ReleaseReference = z.object({
  releaseId: ReleaseId,
  provider: Slug,
  game: Slug,
  version: SemVer,
});
export type ReleaseReference = z.infer<typeof ReleaseReference>;

export const ReleaseQueued = ReleaseReference.extend({ digest: Sha256 });
export type ReleaseQueued = z.infer<typeof ReleaseQueued>;

/** Staging tests are green: the migrator may prove and apply the expand migrations. */
export const ReleaseStaged = ReleaseReference.extend({
  digest: Sha256,
  migrations: z.array(z.object({ path: z.string(), url: z.url(), sha256: Sha256 })),
});
export type ReleaseStaged = z.infer<typeof ReleaseStaged>;

/** Ended before any production traffic; an expand migration may have been applied by then. */
export const ReleaseFailed = ReleaseReference.extend({ reason: z.string() });
export type ReleaseFailed = z.infer<typeof ReleaseFailed>;

/** One person's yes to a digest. */
export const ReleaseApproved = ReleaseReference.extend({
  digest: Sha256,
  actor: z.string(),
  given: z.int().min(1),
  required: z.int().min(1),
});
export type ReleaseApproved = z.infer<typeof ReleaseApproved>;

/** The release waits for people. */
export const ApprovalRequested = ReleaseReference.extend({
  digest: Sha256,
  required: z.int().min(1),
  /** When it fails for want of them; null for never, absent from a deployer that does not tell it yet. */
  expiresAt: Timestamp.nullable().optional(),
});
export type ApprovalRequested = z.infer<typeof ApprovalRequested>;

/** In an emergency somebody let the digest go on without the approvals that lacked. */
export const ApprovalOverridden = ReleaseReference.extend({
  digest: Sha256,
  actor: z.string(),
  reason: z.string(),
  given: z.int().min(0),
  required: z.int().min(1),
});
export type ApprovalOverridden = z.infer<typeof ApprovalOverridden>;

/** A step of the rollout sets a flag; `flag.changed` of the release is the answer, also when it was set already. */
export const FlagRequested = ReleaseReference.extend({ flag: Slug, enabled: z.boolean() });
export type FlagRequested = z.infer<typeof FlagRequested>;

export const MigrationOutcome = ReleaseReference.extend({
  scripts: z.array(z.object({ version: z.string(), description: z.string(), durationMs: z.number() })),
  detail: z.string(),
});
export type MigrationOutcome = z.infer<typeof MigrationOutcome>;

export const RolloutStarted = ReleaseReference.extend({ stableVersion: SemVer.nullable() });
export type RolloutStarted = z.infer<typeof RolloutStarted>;

export const RolloutStep = ReleaseReference.extend({
  stepIndex: z.int().min(0),
  weightPercent: z.number().min(0).max(100),
});
export type RolloutStep = z.infer<typeof RolloutStep>;

export const RolloutPaused = ReleaseReference.extend({ reason: z.string() });
export type RolloutPaused = z.infer<typeof RolloutPaused>;

/** A step was inconclusive at its deadline: the weight stays, and a person decides. */
export const RolloutHeld = ReleaseReference.extend({
  weightPercent: z.number().min(0).max(100),
  reason: z.string(),
});
export type RolloutHeld = z.infer<typeof RolloutHeld>;

/** Canary and stable broke the limit together, so that it is not the version's fault. */
export const RolloutIncident = RolloutHeld;
export type RolloutIncident = z.infer<typeof RolloutIncident>;

export const RolloutPromoted = ReleaseReference.extend({
  previousVersion: SemVer.nullable(),
  flags: z.array(Slug),
});
export type RolloutPromoted = z.infer<typeof RolloutPromoted>;

/** Why a rollout ended so. The last three are no fault of the version's that its canary has shown. */
export const RollbackCause = z.enum([
  'breach',
  'workload-failed',
  'preview-failed',
  'deadline',
  'superseded',
  'revoked',
  'operator',
]);
export type RollbackCause = z.infer<typeof RollbackCause>;

export const RolloutRolledBack = ReleaseReference.extend({
  stableVersion: SemVer.nullable(),
  /** Absent from a deployer that does not tell it yet. */
  cause: RollbackCause.optional(),
  reason: z.string(),
  evidence: z.array(MetricEvidence),
  /** What the release may have set, on or off: each is to be again as it was before `releaseId` first set it. */
  flags: z.array(Slug),
  /** Whether `rollback.completed` follows, once no live gateway deals the version any more. */
  changesTraffic: z.boolean().optional(),
});
export type RolloutRolledBack = z.infer<typeof RolloutRolledBack>;

/** The end of a rollback: no live gateway begins a session on the version any more. */
export const RollbackCompleted = ReleaseReference;
export type RollbackCompleted = z.infer<typeof RollbackCompleted>;

/** The share of new sessions that a version gets, in percent, in each market in which it gets any. */
export const DealtVersion = z.object({
  version: SemVer,
  digest: Sha256,
  role: z.enum(['stable', 'canary', 'fallback']),
  markets: z.record(Market, z.number().min(0).max(100)),
});
export type DealtVersion = z.infer<typeof DealtVersion>;

export const TrafficChanged = z.object({
  provider: Slug,
  game: Slug,
  routingVersion: z.int().min(1),
  stableVersion: SemVer,
  canaryVersion: SemVer.nullable(),
  canaryWeightPercent: z.number().min(0).max(100),
  /** Absent from a deployer that does not tell it yet. */
  dealt: z.array(DealtVersion).optional(),
});
export type TrafficChanged = z.infer<typeof TrafficChanged>;

/** What became of one target, once the job for the release is over. */
export const CacheInvalidated = ReleaseReference.extend({
  target: z.string(),
  /** What was purged, for people: prefixes, keys, tags. */
  prefix: z.string(),
  keysRemoved: z.int().min(0),
  durationMs: z.number(),
  /** Why it is not done; absent when it is. */
  failure: z.string().optional(),
});
export type CacheInvalidated = z.infer<typeof CacheInvalidated>;

/** Why a flag changes. `step` alone answers `flag.requested`, also when it was set already or cannot be set. */
export const FlagChangeCause = z.enum([
  'step',
  'promotion',
  'rollback',
  'operator',
  'change-request',
  'kill-switch',
]);
export type FlagChangeCause = z.infer<typeof FlagChangeCause>;

export const FlagChanged = z.object({
  flag: FlagName,
  before: z.boolean(),
  after: z.boolean(),
  reason: z.string(),
  releaseId: ReleaseId.nullable(),
  environment: Slug.optional(),
  cause: FlagChangeCause.optional(),
});
export type FlagChanged = z.infer<typeof FlagChanged>;
