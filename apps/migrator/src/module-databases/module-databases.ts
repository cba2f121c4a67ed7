import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { MigratorConfig } from '../migrator-config';
import type { EngineName, ModuleSchema, SchemaPlace } from '../engine/engine';
import { LiquibaseProgram } from '../liquibase/liquibase-program';
import { LiquibaseSchema } from '../liquibase/liquibase-schema';
import { ModuleDatabase } from './module-database';

const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement by its own timeout; this is for a server that no longer answers. */
const ANSWER_MARGIN_MS = 10_000;
/** Between attempts to get a lock. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

@Injectable()
export class ModuleDatabases {
  constructor(
    private readonly config: MigratorConfig,
    private readonly liquibase: LiquibaseProgram,
  ) {}

  /** Runs `work` on a session of its own, while nobody else of us works on the same schema. */
  async exclusively<T>(
    schema: string,
    engine: EngineName,
    work: (database: ModuleSchema) => Promise<T>,
  ): Promise<T> {
    const { moduleDatabaseUrl, lockTimeoutMs, statementTimeoutMs } = this.config;
    const client = new Client({
      connectionString: moduleDatabaseUrl,
      application_name: 'croupier-migrator-modules',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS,
      keepAlive: true,
    });
    // Each failed query tells its caller; without a listener a lost session would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(
        `SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)`,
        [String(lockTimeoutMs), String(statementTimeoutMs)],
      );
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`croupier.module.${schema}`]);
      return await work(this.on({ client, url: moduleDatabaseUrl, schema }, engine));
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The schema on a session that the caller holds. */
  on(place: SchemaPlace, engine: EngineName): ModuleSchema {
    const { lockTimeoutMs, lockBudgetMs, statementTimeoutMs, placeholders } = this.config;
    const options = {
      limits: { lockTimeoutMs, statementTimeoutMs },
      patience: { budgetMs: lockBudgetMs, firstDelayMs: FIRST_DELAY_MS, longestDelayMs: LONGEST_DELAY_MS },
      placeholders,
    };
    return engine === 'liquibase'
      ? new LiquibaseSchema(this.liquibase, place, options)
      : new ModuleDatabase(place, options);
  }
}
