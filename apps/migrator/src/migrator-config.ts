import { BaseConfig, Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

const DAY_MS = 86_400_000;

const Placeholders = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON object of strings' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string()));

const NamedDatabases = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON array' });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(
        z.strictObject({
          environment: z.string().min(1).max(100),
          tenant: z.string().min(1).max(100).nullable().default(null),
          url: z.url({ protocol: /^postgres(ql)?$/ }),
        }),
      )
      .max(200),
  );

/** A database that modules have schemas in. */
export interface NamedDatabase {
  readonly environment: string;
  /** Whose it is; null where all tenants share it. */
  readonly tenant: string | null;
  readonly url: string;
}

const MigratorVariables = z.object({
  DATABASE_URL: BaseConfig.shape.DATABASE_URL,
  /** Where the modules' own schemas are; the platform's database unless given. */
  MODULE_DATABASE_URL: BaseConfig.shape.DATABASE_URL.optional(),
  /** Where copies of the modules' schemas are made to try migrations on; `<modules' database>_shadow` unless given. */
  MIGRATION_SHADOW_DATABASE_URL: BaseConfig.shape.DATABASE_URL.optional(),
  /** Longest wait of a migration for one lock. Whoever asks for it later waits behind, players included. */
  MIGRATION_LOCK_TIMEOUT_MS: milliseconds.default(1_000),
  /** How long a migration that gets no lock is tried again. */
  MIGRATION_LOCK_BUDGET_MS: milliseconds.default(30_000),
  /** Longest run of one script. */
  MIGRATION_STATEMENT_TIMEOUT_MS: milliseconds.default(60_000),
  /** What the environment of the modules' database is called in the status. */
  MIGRATION_ENVIRONMENT: z.string().min(1).max(100).default('production'),
  /** JSON: other databases whose modules the status tells of, `[{"environment", "tenant", "url"}]`. */
  MIGRATION_DATABASES: NamedDatabases.default([]),
  /** The Java that runs Liquibase, 17 or later. */
  MIGRATION_JAVA: z.string().min(1).default('java'),
  /** Longest run of one Liquibase command. */
  MIGRATION_LIQUIBASE_TIMEOUT_MS: milliseconds.default(600_000),
  /** Whether what the lint calls an error stops a release. */
  MIGRATION_LINT: z.enum(['enforce', 'warn']).default('enforce'),
  /** What becomes of what a release added when it is rolled back. */
  MIGRATION_ON_ROLLBACK: z.enum(['undo-when-safe', 'undo', 'keep']).default('undo-when-safe'),
  /** How long after its promotion a release may still lose to the version before: only then is anything taken away. */
  MIGRATION_CONTRACT_HOLD_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(90 * DAY_MS)
    .default(DAY_MS),
  /** JSON: values of Flyway's placeholders, for all modules. */
  MIGRATION_PLACEHOLDERS: Placeholders.default({}),
});

/** The service's own variables, with their defaults. */
export class MigratorConfig {
  readonly moduleDatabaseUrl: string;
  readonly shadowDatabaseUrl: string;
  readonly lockTimeoutMs: number;
  readonly lockBudgetMs: number;
  readonly statementTimeoutMs: number;
  /** The modules' own first. */
  readonly databases: readonly NamedDatabase[];
  readonly java: string;
  readonly liquibaseTimeoutMs: number;
  readonly lint: 'enforce' | 'warn';
  readonly onRollback: 'undo-when-safe' | 'undo' | 'keep';
  readonly contractHoldMs: number;
  readonly placeholders: Readonly<Record<string, string>>;

  constructor(environment: Environment) {
    const variables = loadConfig(MigratorVariables, environment);
    this.moduleDatabaseUrl = variables.MODULE_DATABASE_URL ?? variables.DATABASE_URL;
    this.shadowDatabaseUrl = variables.MIGRATION_SHADOW_DATABASE_URL ?? besides(this.moduleDatabaseUrl);
    this.lockBudgetMs = variables.MIGRATION_LOCK_BUDGET_MS;
    this.onRollback = variables.MIGRATION_ON_ROLLBACK;
    this.contractHoldMs = variables.MIGRATION_CONTRACT_HOLD_MS;
    this.databases = [
      { environment: variables.MIGRATION_ENVIRONMENT, tenant: null, url: this.moduleDatabaseUrl },
      ...variables.MIGRATION_DATABASES,
    ];
    this.java = variables.MIGRATION_JAVA;
    this.liquibaseTimeoutMs = variables.MIGRATION_LIQUIBASE_TIMEOUT_MS;
    this.lint = variables.MIGRATION_LINT;
    this.placeholders = variables.MIGRATION_PLACEHOLDERS;
    this.lockTimeoutMs = variables.MIGRATION_LOCK_TIMEOUT_MS;
    this.statementTimeoutMs = variables.MIGRATION_STATEMENT_TIMEOUT_MS;
  }
}

function besides(url: string): string {
  const shadow = new URL(url);
  shadow.pathname += '_shadow';
  return shadow.href;
}
