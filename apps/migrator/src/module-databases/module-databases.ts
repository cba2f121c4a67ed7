import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { MigratorConfig } from '../migrator-config';
import { ModuleDatabase } from './module-database';

const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement by its own timeout; this is for a server that no longer answers. */
const ANSWER_MARGIN_MS = 10_000;
/** Between attempts to get a lock. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

/** Whoever is before may be building an index, or be dead without the server having noticed yet. */
const TURN_PATIENCE_MS = 5 * 60_000;
const TURN_INTERVAL_MS = 100;

@Injectable()
export class ModuleDatabases {
  constructor(private readonly config: MigratorConfig) {}

  /** Runs `work` on a session of its own, while nobody else of us works on the same schema. */
  async exclusively<T>(schema: string, work: (database: ModuleDatabase) => Promise<T>): Promise<T> {
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
      await takeTurn(client, schema);
      return await work(this.on(client, schema));
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The schema on a session that the caller holds. */
  on(client: Client, schema: string): ModuleDatabase {
    const { lockTimeoutMs, lockBudgetMs, statementTimeoutMs, placeholders } = this.config;
    return new ModuleDatabase(client, schema, {
      limits: { lockTimeoutMs, statementTimeoutMs },
      patience: { budgetMs: lockBudgetMs, firstDelayMs: FIRST_DELAY_MS, longestDelayMs: LONGEST_DELAY_MS },
      placeholders,
    });
  }
}

/**
 * Asks again and again: a session that waits inside a statement holds a snapshot, for which an index that is built
 * beside the traffic waits in turn, and PostgreSQL ends one of both for the deadlock.
 */
async function takeTurn(client: Client, schema: string): Promise<void> {
  const givesUpAtMs = performance.now() + TURN_PATIENCE_MS;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      [`croupier.module.${schema}`],
    );
    if (rows[0]?.taken) return;
    if (performance.now() > givesUpAtMs)
      throw new Error(`Another session of the migrator has been at work on ${schema} for too long`);
    await sleep(TURN_INTERVAL_MS);
  }
}
