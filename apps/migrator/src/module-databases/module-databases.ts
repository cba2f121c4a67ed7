import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { MigratorConfig } from '../migrator-config';
import type { EngineName, ModuleSchema, SchemaPlace } from '../engine/engine';
import { LiquibaseProgram, sessionNameOf } from '../liquibase/liquibase-program';
import { LiquibaseSchema } from '../liquibase/liquibase-schema';
import { ModuleDatabase } from './module-database';

const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement by its own timeout; this is for a server that no longer answers. */
const ANSWER_MARGIN_MS = 10_000;
/** Between attempts to get a lock. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

/** Whoever is before may be building an index, or be dead without the server having noticed yet. */
const TURN_PATIENCE_MS = 5 * 60_000;
/** An operator rather hears that somebody is at work. */
const OPERATOR_PATIENCE_MS = 2_000;
const TURN_INTERVAL_MS = 100;

/** Somebody else of us works on the schema. */
export class SchemaBusy extends Error {
  override readonly name = 'SchemaBusy';
}

@Injectable()
export class ModuleDatabases {
  constructor(
    private readonly config: MigratorConfig,
    private readonly liquibase: LiquibaseProgram,
  ) {}

  /** Runs `work` on a session of its own, while nobody else of us works on the same schema. @throws SchemaBusy */
  async exclusively<T>(
    schema: string,
    engine: EngineName,
    work: (database: ModuleSchema) => Promise<T>,
  ): Promise<T> {
    return this.locked(schema, (place) => work(this.on(place, engine)), TURN_PATIENCE_MS);
  }

  /** As `exclusively`, for an operator who waits for the answer. @throws SchemaBusy */
  async promptly<T>(
    schema: string,
    engine: EngineName,
    work: (database: ModuleSchema) => Promise<T>,
  ): Promise<T> {
    return this.locked(schema, (place) => work(this.on(place, engine)));
  }

  /** As `promptly`, for what concerns no engine. */
  async locked<T>(
    schema: string,
    work: (place: SchemaPlace) => Promise<T>,
    patienceMs = OPERATOR_PATIENCE_MS,
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
      await takeTurn(client, schema, patienceMs);
      return await work({ client, url: moduleDatabaseUrl, schema });
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** On a session that changes nothing, in any database. */
  async reading<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({
      connectionString: url,
      application_name: 'croupier-migrator-status',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: this.config.statementTimeoutMs + ANSWER_MARGIN_MS,
      options: '-c default_transaction_read_only=on',
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Ends the statement that whoever holds the schema's lock is running, or Liquibase for them. */
  async interrupt(schema: string): Promise<void> {
    await this.reading(this.config.moduleDatabaseUrl, (client) =>
      client.query(
        `SELECT pg_cancel_backend(pid) FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND objsubid = 1
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND (classid::bigint << 32 | objid::bigint) = hashtextextended($1, 0)
         UNION ALL
         SELECT pg_cancel_backend(pid) FROM pg_stat_activity
         WHERE application_name = $2 AND datname = current_database()`,
        [lockNameOf(schema), sessionNameOf(schema)],
      ),
    );
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

function lockNameOf(schema: string): string {
  return `croupier.module.${schema}`;
}

/**
 * Asks again and again: a session that waits inside a statement holds a snapshot, for which an index that is built
 * beside the traffic waits in turn, and PostgreSQL ends one of both for the deadlock.
 */
async function takeTurn(client: Client, schema: string, patienceMs: number): Promise<void> {
  const givesUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      [lockNameOf(schema)],
    );
    if (rows[0]?.taken) return;
    if (performance.now() > givesUpAtMs)
      throw new SchemaBusy(`Another session of the migrator is at work on ${schema}`);
    await sleep(TURN_INTERVAL_MS);
  }
}
