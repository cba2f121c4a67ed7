import type { DataSource } from 'typeorm';
import type { Transaction } from '../connection/open-data-source';

export interface PartitionTurn {
  /** Changes of this name wait for each other, whichever replicas make them. */
  readonly turn: string;
  /** Those who read or write wait behind a change that waits for a lock: rather it fails, and is tried again. */
  readonly lockTimeoutMs: number;
}

/** Changes the partitions of a table in a transaction. @throws when a lock is not to be had in time */
export function changePartitions<Result>(
  dataSource: DataSource,
  { turn, lockTimeoutMs }: PartitionTurn,
  change: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return dataSource.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [turn]);
    await tx.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    return change(tx);
  });
}

/** The names of a table's partitions, in their order. */
export async function partitionsOf(queries: Pick<Transaction, 'query'>, table: string): Promise<string[]> {
  const rows = await queries.query<{ name: string }[]>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = $1::regclass ORDER BY relname`,
    [table],
  );
  return rows.map(({ name }) => name);
}
