import { BaseConfig, Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

const MigratorVariables = z.object({
  DATABASE_URL: BaseConfig.shape.DATABASE_URL,
  /** Where the modules' own schemas are; the platform's database unless given. */
  MODULE_DATABASE_URL: BaseConfig.shape.DATABASE_URL.optional(),
  /** Longest wait of a migration for a lock. Whoever asks for it later waits behind, players included. */
  MIGRATION_LOCK_TIMEOUT_MS: milliseconds.default(5_000),
  /** Longest run of one script. */
  MIGRATION_STATEMENT_TIMEOUT_MS: milliseconds.default(60_000),
});

/** The service's own variables, with their defaults. */
export class MigratorConfig {
  readonly moduleDatabaseUrl: string;
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;

  constructor(environment: Environment) {
    const variables = loadConfig(MigratorVariables, environment);
    this.moduleDatabaseUrl = variables.MODULE_DATABASE_URL ?? variables.DATABASE_URL;
    this.lockTimeoutMs = variables.MIGRATION_LOCK_TIMEOUT_MS;
    this.statementTimeoutMs = variables.MIGRATION_STATEMENT_TIMEOUT_MS;
  }
}
