import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { Transaction } from './open-data-source';

/** The server's own limit says nothing of a network that stands still, which would hold the session for minutes. */
const TIMEOUT_MS = 10_000;

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
  const config = { name, text, values: [...values], query_timeout: TIMEOUT_MS };
  const { rows } = await pool.query<Row>(config);
  return rows;
}

/**
 * The same within a transaction, where a dozen small statements a transaction cost more to plan than to run.
 *
 * @param name one statement's alone
 */
export async function queryPreparedIn<Row extends object>(
  { queryRunner }: Transaction,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  if (!queryRunner?.isTransactionActive) throw new Error(`${name} needs a transaction`);
  const session = (await queryRunner.connect()) as PoolClient;
  const { rows } = await session.query<Row>({ name, text, values: [...values] });
  return rows;
}
