import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { DataSource } from 'typeorm';
import type { Transaction } from './open-data-source';

/** The server's own limit says nothing of a network that stands still, which would hold the session for minutes. */
const TIMEOUT_MS = 10_000;

class NoAnswer extends Error {
  /** As of a network that gives no answer: transient. */
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`PostgreSQL did not answer within ${TIMEOUT_MS} ms`);
  }
}

/**
 * A statement that each session of the pool parses and plans once, under its name, in a transaction of its own.
 * TypeORM's `query` does both every time, which for a statement that stores a hundred rows is a tenth of its cost.
 *
 * @param name one statement's alone
 */
export async function queryPrepared<Row extends object>(
  dataSource: DataSource,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const { master: pool } = dataSource.driver as unknown as { master: Pool };
  const session = await pool.connect();
  return inTime(session, { name, text, values: [...values] });
}

/**
 * The same within a transaction, where a dozen small statements a transaction cost more to plan than to run.
 *
 * @param name one statement's alone
 */
export async function queryPreparedIn<Row extends object>(
  tx: Transaction,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return askIn(tx, { name, text, values: [...values] });
}

/** Planned each time, for a table that is all but empty at one time and has a backlog at another. */
export async function queryIn<Row extends object>(
  tx: Transaction,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return askIn(tx, { text, values: [...values] });
}

async function askIn<Row extends object>({ queryRunner }: Transaction, config: QueryConfig): Promise<Row[]> {
  if (!queryRunner?.isTransactionActive) throw new Error(`${config.name ?? config.text} needs a transaction`);
  const session = (await queryRunner.connect()) as PoolClient;
  return new Promise((resolve, reject) => {
    session.query(config, (error: Error | null, result: QueryResult<Row>) =>
      error ? reject(error) : resolve(result.rows),
    );
  });
}

/**
 * Gives the session back, or ends it when anything went wrong. By callbacks: for a promise or for its own time-out,
 * node-postgres makes a function that V8 keeps beyond the query, and with it all that was sent and answered, until it
 * collects its old generation.
 */
function inTime<Row extends object>(session: PoolClient, config: QueryConfig): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    let open = true;
    const ended = (error: Error | null, result?: QueryResult<Row>): void => {
      if (!open) return;
      open = false;
      clearTimeout(timer);
      session.removeListener('error', ended);
      session.release(error ?? undefined);
      if (error) reject(error);
      else resolve((result as QueryResult<Row>).rows);
    };
    const timer = setTimeout(() => ended(new NoAnswer()), TIMEOUT_MS);
    session.on('error', ended);
    session.query(config, ended);
  });
}
