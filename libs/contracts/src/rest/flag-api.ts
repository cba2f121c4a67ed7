import { z } from 'zod';
import { FlagName, LineOfText, ReleaseId, Slug, Timestamp } from '../identifiers';
import { Reason } from './document-history';

/** The operators of Unleash's constraints (https://docs.getunleash.io/reference/activation-strategies#constraints). */
export const ConstraintOperator = z.enum([
  'IN',
  'NOT_IN',
  'STR_ENDS_WITH',
  'STR_STARTS_WITH',
  'STR_CONTAINS',
  'NUM_EQ',
  'NUM_GT',
  'NUM_GTE',
  'NUM_LT',
  'NUM_LTE',
  'DATE_AFTER',
  'DATE_BEFORE',
  'SEMVER_EQ',
  'SEMVER_GT',
  'SEMVER_GTE',
  'SEMVER_LT',
  'SEMVER_LTE',
  'REGEX',
  'IN_CIDR',
]);

/** Operands are the SDKs' to judge: what does not parse there does not match. */
export const FlagConstraint = z.strictObject({
  contextName: LineOfText.min(1).max(100),
  operator: ConstraintOperator,
  values: z.array(LineOfText.max(500)).max(1_000).default([]),
  value: z.union([LineOfText.max(500), z.number()]).optional(),
  inverted: z.boolean().default(false),
  caseInsensitive: z.boolean().default(false),
});
export type FlagConstraint = z.infer<typeof FlagConstraint>;

export const FlagVariant = z.strictObject({
  name: LineOfText.min(1).max(100),
  /** Thousandths, of the sum of all weights. */
  weight: z.int().min(0).max(1_000),
  weightType: z.enum(['variable', 'fix']).optional(),
  stickiness: LineOfText.max(100).optional(),
  payload: z
    .strictObject({
      type: z.enum(['string', 'json', 'csv', 'number']),
      value: z.string().max(10_000),
    })
    .optional(),
  overrides: z
    .array(
      z.strictObject({ contextName: LineOfText.max(100), values: z.array(LineOfText.max(500)).max(500) }),
    )
    .max(100)
    .optional(),
});
export type FlagVariant = z.infer<typeof FlagVariant>;

/** One of Unleash's strategies, or one that your SDKs bring themselves. A flag is on where one of them is. */
export const FlagStrategy = z.strictObject({
  name: LineOfText.min(1).max(100),
  title: LineOfText.max(200).optional(),
  /** Kept, and not served. */
  disabled: z.boolean().optional(),
  parameters: z
    .record(z.string().max(100), z.union([z.string().max(10_000), z.number(), z.boolean()]))
    .default({}),
  constraints: z.array(FlagConstraint).max(100).default([]),
  /** Ids of segments that all have to match. One that does not exist matches nobody. */
  segments: z.array(z.int().min(0)).max(50).default([]),
  variants: z.array(FlagVariant).max(100).default([]),
});
export type FlagStrategy = z.infer<typeof FlagStrategy>;

/** How a flag stands in one environment. */
export const FlagSettings = z.strictObject({
  enabled: z.boolean(),
  strategies: z.array(FlagStrategy).max(50),
  variants: z.array(FlagVariant).max(100),
});
export type FlagSettings = z.infer<typeof FlagSettings>;

/** The flag is on only where its parent is, in one of the variants if some are named; or is not, with `enabled: false`. */
export const FlagDependency = z.strictObject({
  feature: FlagName,
  enabled: z.boolean().default(true),
  variants: z.array(LineOfText.max(100)).max(100).default([]),
});
export type FlagDependency = z.infer<typeof FlagDependency>;

/** Unleash's types of flags, each with the time it is expected to be needed. */
export const FlagType = z.enum(['release', 'experiment', 'operational', 'kill-switch', 'permission']);
export type FlagType = z.infer<typeof FlagType>;

const FLAG_WIDE = {
  type: FlagType.default('release'),
  description: z.string().max(1_000).default(''),
  impressionData: z.boolean().default(false),
  /** Somebody has marked it as no longer needed. */
  stale: z.boolean().default(false),
  dependencies: z.array(FlagDependency).max(20).default([]),
};

export const FlagDocument = z.strictObject({
  ...FLAG_WIDE,
  environments: z.record(Slug, FlagSettings).default({}),
});
export type FlagDocument = z.infer<typeof FlagDocument>;

/** What of a flag holds in all environments; what is left out stays as it is. */
export const FlagPatch = z.strictObject({
  type: FlagType.optional(),
  description: z.string().max(1_000).optional(),
  impressionData: z.boolean().optional(),
  stale: z.boolean().optional(),
  dependencies: z.array(FlagDependency).max(20).optional(),
});
export type FlagPatch = z.infer<typeof FlagPatch>;

/** What is left out stays as it is. */
export const SettingsPatch = FlagSettings.partial();
export type SettingsPatch = z.infer<typeof SettingsPatch>;

export const SegmentDocument = z.strictObject({
  /** What strategies refer to. */
  id: z.int().min(0),
  description: z.string().max(1_000).default(''),
  constraints: z.array(FlagConstraint).max(100),
});
export type SegmentDocument = z.infer<typeof SegmentDocument>;

export const SegmentOrder = SegmentDocument.omit({ id: true }).extend({ reason: Reason });
export const SegmentView = SegmentDocument.extend({
  name: Slug,
  version: z.int().min(1),
  updatedAt: Timestamp,
});
export type SegmentView = z.infer<typeof SegmentView>;

export const EnvironmentDocument = z.strictObject({
  type: z.enum(['development', 'test', 'preproduction', 'production']).default('development'),
  /** People other than the author who have to approve of a change; more than 0 protects the environment. */
  requiredApprovals: z.int().min(0).max(10).default(0),
});
export type EnvironmentDocument = z.infer<typeof EnvironmentDocument>;

export const EnvironmentOrder = EnvironmentDocument.extend({ reason: Reason });
export const EnvironmentView = EnvironmentDocument.extend({ name: Slug, version: z.int().min(0) });
export type EnvironmentView = z.infer<typeof EnvironmentView>;

/** `enabled` switches it in the environment that releases switch flags in. */
export const FlagOrder = FlagPatch.extend({ enabled: z.boolean().optional(), reason: Reason });
export type FlagOrder = z.infer<typeof FlagOrder>;

export const SettingsOrder = SettingsPatch.extend({ reason: Reason });

export const FlagView = z.object({
  name: FlagName,
  /** Rises by one with every change, and is the ETag. */
  version: z.int().min(1),
  ...FLAG_WIDE,
  /** In the environment that releases switch flags in. */
  enabled: z.boolean(),
  environments: z.record(Slug, FlagSettings),
  /** Off everywhere until it is revived, and why. */
  killed: z.object({ reason: z.string(), actor: z.string(), at: Timestamp }).nullable(),
  /** Older than flags of its type are expected to get. */
  potentiallyStale: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type FlagView = z.infer<typeof FlagView>;

/** What is asked for: now, at a time, or once enough people approve. */
export const FlagChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('settings'),
    flag: FlagName,
    environment: Slug,
    settings: SettingsPatch,
  }),
  z.strictObject({ kind: z.literal('flag'), flag: FlagName, patch: FlagPatch }),
  z.strictObject({ kind: z.literal('archive'), flag: FlagName }),
  z.strictObject({
    kind: z.literal('segment'),
    segment: Slug,
    /** Null to delete it. */
    document: SegmentDocument.omit({ id: true }).nullable(),
  }),
]);
export type FlagChange = z.infer<typeof FlagChange>;

export const ChangeRequestOrder = z.strictObject({
  change: FlagChange,
  /** Null for as soon as it is approved. */
  applyAt: Timestamp.nullable().default(null),
  reason: Reason,
});

/** `waiting`: for approvals. `scheduled`: for its time. */
export const ChangeRequestStatus = z.enum([
  'waiting',
  'scheduled',
  'applied',
  'rejected',
  'cancelled',
  'failed',
]);
export type ChangeRequestStatus = z.infer<typeof ChangeRequestStatus>;

export const ChangeRequestDocument = z.object({
  change: FlagChange,
  applyAt: Timestamp.nullable(),
  reason: z.string(),
  author: z.string(),
  status: ChangeRequestStatus,
  requiredApprovals: z.int().min(0),
  approvals: z.array(z.object({ actor: z.string(), reason: z.string(), at: Timestamp })),
  /** Why it is where it is. */
  detail: z.string(),
});
export type ChangeRequestDocument = z.infer<typeof ChangeRequestDocument>;

export const ChangeRequestView = ChangeRequestDocument.extend({
  id: z.uuid(),
  version: z.int().min(1),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ChangeRequestView = z.infer<typeof ChangeRequestView>;

/** `client`: SDKs of servers, which get the whole configuration. `frontend`: SDKs of browsers and phones, which get answers. */
export const FlagTokenType = z.enum(['client', 'frontend']);
export type FlagTokenType = z.infer<typeof FlagTokenType>;

export const FlagTokenOrder = z.strictObject({
  name: Slug,
  type: FlagTokenType,
  environment: Slug,
  reason: Reason,
});
export const FlagTokenView = z.object({
  name: Slug,
  type: FlagTokenType,
  environment: Slug,
  createdAt: Timestamp,
});
export type FlagTokenView = z.infer<typeof FlagTokenView>;
/** The secret is shown this once. */
export const FlagTokenCreated = FlagTokenView.extend({ secret: z.string() });

export const FlagHistoryKind = z.enum(['flag', 'segment', 'environment', 'token', 'change-request', 'kill']);
export type FlagHistoryKind = z.infer<typeof FlagHistoryKind>;

/** One entry of the append-only, hash-chained history of everything that decides what flags answer. */
export const FlagHistoryEntry = z.object({
  revision: z.int().min(1),
  kind: FlagHistoryKind,
  name: z.string(),
  version: z.int().min(1),
  /** The document; null when there was none. */
  before: z.unknown(),
  /** The document; null when it was deleted. */
  after: z.unknown(),
  author: z.string(),
  reason: z.string(),
  cause: z.string(),
  releaseId: ReleaseId.nullable(),
  at: Timestamp,
  previousHash: z.string(),
  hash: z.string(),
});
export type FlagHistoryEntry = z.infer<typeof FlagHistoryEntry>;
