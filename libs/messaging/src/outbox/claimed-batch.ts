import type { CloudEvent } from '@croupier/contracts';
import type { DataSource, QueryRunner } from 'typeorm';

/** Consumers on the embedded bus may take this long before the claim ends and others publish the batch again. */
const CLAIM_TIMEOUT = '15min';
const RETENTION = '24 hours';
const DELETION_BATCH = 1000;

interface OutboxRow {
  /** `bigint`, which the driver reads as text. */
  sequence: string;
  event: CloudEvent;
}

/** Unpublished rows, locked until they are marked or given back. The lock of a relay that dies is gone with it. */
export class ClaimedBatch {
  readonly events: readonly CloudEvent[];

  constructor(
    private readonly runner: QueryRunner,
    private readonly rows: readonly OutboxRow[],
  ) {
    this.events = rows.map((row) => row.event);
  }

  async markPublished(): Promise<void> {
    await this.runner.query(
      'UPDATE outbox SET published_at = clock_timestamp() WHERE sequence = ANY ($1::bigint[])',
      [this.rows.map((row) => row.sequence)],
    );
    await this.runner.commitTransaction();
    await this.runner.release();
  }

  async giveBack(): Promise<void> {
    await abandon(this.runner);
  }
}

/** The oldest rows that no other relay has claimed. */
export async function claimBatch(dataSource: DataSource, size: number): Promise<ClaimedBatch | undefined> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const rows = await runner.manager.query<OutboxRow[]>(
      `SELECT sequence, event FROM outbox WHERE published_at IS NULL
        ORDER BY sequence LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [size],
    );
    if (rows.length > 0) {
      await runner.query(`SET LOCAL idle_in_transaction_session_timeout = '${CLAIM_TIMEOUT}'`);
      return new ClaimedBatch(runner, rows);
    }
    await runner.commitTransaction();
    await runner.release();
    return undefined;
  } catch (error) {
    await abandon(runner);
    throw error;
  }
}

export async function countPending(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ pending: number }[]>(
    'SELECT count(*)::int AS pending FROM outbox WHERE published_at IS NULL',
  );
  return row?.pending ?? 0;
}

/** Deletes old published rows from the table's head, a bounded number at a time. */
export async function deletePublished(dataSource: DataSource): Promise<void> {
  let deleted: number;
  do {
    [, deleted] = await dataSource.query<[unknown, number]>(
      `WITH oldest AS (SELECT sequence, published_at FROM outbox ORDER BY sequence LIMIT $1)
       DELETE FROM outbox USING oldest
        WHERE outbox.sequence = oldest.sequence AND oldest.published_at < now() - $2::interval`,
      [DELETION_BATCH, RETENTION],
    );
  } while (deleted === DELETION_BATCH);
}

/** Rolls back if the connection still can, and never throws. */
async function abandon(runner: QueryRunner): Promise<void> {
  if (runner.isTransactionActive && !runner.isReleased)
    await runner.rollbackTransaction().catch(() => undefined);
  await runner.release();
}
