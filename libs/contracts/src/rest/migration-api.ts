import { z } from 'zod';
import { LineOfText, ReleaseId, SemVer, Slug, SubjectId, Timestamp } from '../identifiers';
import { FilePath } from '../manifest';

const MOST_SCRIPTS = 200;
const LONGEST_SCRIPT = 1_048_576;

export const MigrationReason = LineOfText.min(3).max(500);
export const MigrationReasonOrder = z.strictObject({ reason: MigrationReason });

export const MigrationEngine = z.enum(['flyway', 'liquibase']);
export type MigrationEngine = z.infer<typeof MigrationEngine>;

/** Scripts as a release would bring them: Flyway's names, or Liquibase's formatted SQL. */
export const MigrationDraft = z.strictObject({
  provider: Slug,
  game: Slug,
  scripts: z
    .array(z.strictObject({ path: FilePath, sql: z.string().max(LONGEST_SCRIPT) }))
    .min(1)
    .max(MOST_SCRIPTS),
});
export type MigrationDraft = z.infer<typeof MigrationDraft>;

export const MigrationOrder = MigrationDraft.extend({ version: SemVer, reason: MigrationReason });
export type MigrationOrder = z.infer<typeof MigrationOrder>;

export const MigrationUndoOrder = z.strictObject({
  reason: MigrationReason,
  /** Also when rows would be lost that have been written since, and when an undo has failed before. */
  force: z.boolean().default(false),
});
export type MigrationUndoOrder = z.infer<typeof MigrationUndoOrder>;

export const SchemaDifference = z.object({
  kind: z.string(),
  name: z.string(),
  /** Null when it was not there. */
  before: z.string().nullable(),
  /** Null when it is no longer there. */
  after: z.string().nullable(),
});
export type SchemaDifference = z.infer<typeof SchemaDifference>;

/** What a trial of migrations found. */
export const MigrationReport = z.object({
  /** On a copy of the schema, or on the schema itself in a transaction that was taken back. */
  ground: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('shadow') }),
    z.object({ kind: z.literal('rolled-back'), why: z.string() }),
  ]),
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(['error', 'warning']),
      script: z.string(),
      line: z.int().nullable(),
      message: z.string(),
      remedy: z.string(),
    }),
  ),
  /** What the engine says it would run; null when that is the statements as they are. */
  sql: z.string().nullish(),
  statements: z.array(
    z.object({
      script: z.string(),
      line: z.int(),
      sql: z.string(),
      durationMs: z.number(),
      locks: z.array(z.object({ relation: z.string(), mode: z.string() })),
      rewrites: z.array(z.string()),
    }),
  ),
  changes: z.array(SchemaDifference),
  /** In what production differs from what its history says. */
  drift: z.array(SchemaDifference),
  /** Whether all of it was undone and applied again with equal catalogs; null when it was not tried. */
  undone: z.boolean().nullable(),
});
export type MigrationReport = z.infer<typeof MigrationReport>;

/** A script, or a changeset of one. */
export const BroughtMigration = z.object({
  kind: z.enum(['versioned', 'baseline', 'repeatable', 'changeset']),
  /** Flyway's version or a changeset's id; empty for what can be repeated. */
  version: z.string(),
  description: z.string(),
  script: z.string(),
  checksum: z.int(),
  undoScript: z.string().nullable(),
  /** `contract` waits until after the promotion. */
  phase: z.enum(['expand', 'contract']),
});
export type BroughtMigration = z.infer<typeof BroughtMigration>;

export const MigrationPlan = z.object({
  engine: MigrationEngine,
  schema: z.string(),
  pending: z.array(BroughtMigration),
  report: MigrationReport,
  /** Why they would not be applied; null when they would. */
  refusal: z.string().nullable(),
});
export type MigrationPlan = z.infer<typeof MigrationPlan>;

export const MigrationRunStatus = z.enum([
  'planned',
  'applied',
  'failed',
  'reverted',
  'kept',
  'undo-failed',
  'withdrawn',
]);
export type MigrationRunStatus = z.infer<typeof MigrationRunStatus>;

export const MigrationRun = z.object({
  releaseId: ReleaseId,
  /** `operator`: applied on demand, for no release that the deployer knows. */
  origin: z.enum(['release', 'operator']),
  provider: Slug,
  game: Slug,
  version: SemVer,
  status: MigrationRunStatus,
  /** What the last step did: the scripts it tried, applied or undid. */
  scripts: z.array(z.object({ version: z.string(), description: z.string(), durationMs: z.number() })),
  detail: z.string(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type MigrationRun = z.infer<typeof MigrationRun>;

export const MigrationRunPage = z.object({ items: z.array(MigrationRun) });
export type MigrationRunPage = z.infer<typeof MigrationRunPage>;

export const MigrationRunDetail = MigrationRun.extend({
  /** The migrations that the release brought. */
  brought: z.array(BroughtMigration),
  /** Null of a run that was never tried. */
  report: MigrationReport.nullable(),
});
export type MigrationRunDetail = z.infer<typeof MigrationRunDetail>;

export const ModuleStatusQuery = z.object({
  subject: SubjectId.optional(),
  /** Compares each schema with what its history says: makes a copy of each. */
  drift: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

/** One module's schema in one database. */
export const ModuleStatus = z.object({
  provider: Slug,
  game: Slug,
  environment: z.string(),
  /** Whose database it is; null where all tenants share it. */
  tenant: z.string().nullable(),
  schema: z.string(),
  engine: MigrationEngine.nullable(),
  /** The newest that is there; null when there is none. */
  version: z.string().nullable(),
  applied: z.int().min(0),
  /** Scripts that the history says have failed. */
  failed: z.array(z.string()),
  /** Null when it was not asked for, or cannot be told; `detail` says why. */
  drift: z.array(SchemaDifference).nullable(),
  detail: z.string().nullable(),
});
export type ModuleStatus = z.infer<typeof ModuleStatus>;

export const ModuleStatusList = z.object({ items: z.array(ModuleStatus) });
export type ModuleStatusList = z.infer<typeof ModuleStatusList>;

export const BaselineOrder = z.strictObject({
  /** Up to which the schema has everything already. */
  version: z
    .string()
    .max(50)
    .regex(/^\d+([._]\d+)*$/, 'must be numbers with dots, such as 1.4'),
  reason: MigrationReason,
});
export type BaselineOrder = z.infer<typeof BaselineOrder>;

export const RepairResult = z.object({
  /** Rows of scripts that had failed, and are no longer in the history. */
  removed: z.array(z.string()),
});
export type RepairResult = z.infer<typeof RepairResult>;
