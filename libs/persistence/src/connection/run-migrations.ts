import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';

/** Longest wait of one statement of a migration for a lock that a running replica holds. */
const STATEMENT_LOCK_TIMEOUT_MS = 10_000;

/**
 * Runs what is pending, each migration in its own transaction, on the session that holds the advisory lock:
 * a replica that loses its session loses both, so no two replicas ever migrate at once.
 */
export async function runMigrations(
  dataSource: DataSource,
  schema: string,
  timeoutMs: number,
): Promise<void> {
  if (dataSource.migrations.length === 0) return;
  const session = dataSource.createQueryRunner();
  try {
    await lock(session, schema, timeoutMs);
    await session.query(`SET statement_timeout = ${timeoutMs}`);
    await session.query(`SET lock_timeout = ${STATEMENT_LOCK_TIMEOUT_MS}`);
    const executor = new MigrationExecutor(dataSource, session);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
  } finally {
    await session.query('RESET statement_timeout').catch(() => undefined);
    await session.query('RESET lock_timeout').catch(() => undefined);
    await session.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await session.release();
  }
}

/**
 * Tries until it has the lock. Blocking in `pg_advisory_lock` would hold a snapshot, and
 * `CREATE INDEX CONCURRENTLY` in the migration of the holder would wait for it forever.
 */
async function lock(session: QueryRunner, schema: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const [row] = (await session.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked', [
      `croupier.migrations.${schema}`,
    ])) as { locked: boolean }[];
    if (row?.locked) return;
    if (performance.now() >= deadline) {
      throw new Error(
        `Another process has held the migration lock of schema ${schema} for ${timeoutMs / 1000} s. See pg_locks for the session that holds it.`,
      );
    }
    await sleep(50 + Math.random() * 200);
  }
}
