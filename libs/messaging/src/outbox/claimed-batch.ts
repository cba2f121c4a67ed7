import { queryIn } from '@croupier/persistence';
import type { DataSource, QueryRunner } from 'typeorm';
import { WrittenEvent } from '../written-event';

/** Consumers on the embedded bus may take this long before the claim ends and others publish the batch again. */
const CLAIM_TIMEOUT = '15min';
/**
 * Nor does settling wait for the disk, as others' commits do meanwhile: if the server ends within the next second, the
 * batch is published once more, and consumers know what they have had.
 */
const CLAIMED = `
  SET LOCAL idle_in_transaction_session_timeout = '${CLAIM_TIMEOUT}';
  SET LOCAL synchronous_commit = off`;

const CLAIM = `
  SELECT sequence, id, type, event::text AS text, consumer, attempts FROM outbox
   WHERE available_at <= clock_timestamp()
   ORDER BY available_at, sequence LIMIT $1 FOR UPDATE SKIP LOCKED`;

const DELETE = 'DELETE FROM outbox WHERE sequence = ANY ($1::bigint[])';

export interface OutboxRow {
  /** `bigint`, which the driver reads as text. */
  readonly sequence: string;
  readonly event: WrittenEvent;
  /** The one consumer it is for; null when it is for every consumer of its type. */
  readonly consumer: string | null;
  /** Publications of this very row that the bus refused. */
  readonly attempts: number;
}

type SelectedRow = Omit<OutboxRow, 'event'> & Pick<WrittenEvent, 'id' | 'type' | 'text'>;

/** Rows to publish, locked until they are settled or given back. The lock of a relay that dies is gone with it. */
export class ClaimedBatch {
  constructor(
    private readonly runner: QueryRunner,
    readonly rows: readonly OutboxRow[],
  ) {}

  /** Deletes what is published. What is not is tried again after the delay, while others go on. */
  async settle(
    published: readonly OutboxRow[],
    postponed: readonly OutboxRow[],
    delayMs: number,
  ): Promise<void> {
    if (published.length > 0)
      await queryIn(this.runner.manager, DELETE, [published.map(({ sequence }) => sequence)]);
    if (postponed.length > 0)
      await this.runner.query(
        `UPDATE outbox
            SET attempts = attempts + 1, available_at = clock_timestamp() + $2::float8 * interval '1 ms'
          WHERE sequence = ANY ($1::bigint[])`,
        [postponed.map(({ sequence }) => sequence), delayMs],
      );
    await this.runner.commitTransaction();
    await this.runner.release();
  }

  async giveBack(): Promise<void> {
    await abandon(this.runner);
  }
}

/** The oldest rows that wait for nothing and that no other relay has claimed. */
export async function claimBatch(dataSource: DataSource, size: number): Promise<ClaimedBatch | undefined> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const selected = await queryIn<SelectedRow>(runner.manager, CLAIM, [size]);
    if (selected.length > 0) {
      await runner.query(CLAIMED);
      return new ClaimedBatch(runner, selected.map(rowOf));
    }
    await runner.commitTransaction();
    await runner.release();
    return undefined;
  } catch (error) {
    await abandon(runner);
    throw error;
  }
}

function rowOf({ sequence, id, type, text, consumer, attempts }: SelectedRow): OutboxRow {
  return { sequence, event: new WrittenEvent(id, type, text), consumer, attempts };
}

export async function countPending(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ pending: number }[]>('SELECT count(*)::int AS pending FROM outbox');
  return row?.pending ?? 0;
}

/** Since the oldest message that is not published was appended, in seconds; 0 when there is none. */
export async function oldestPendingSeconds(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ seconds: number }[]>(
    `SELECT greatest(0, extract(epoch FROM clock_timestamp() - created_at))::float8 AS seconds
       FROM outbox ORDER BY sequence LIMIT 1`,
  );
  return row?.seconds ?? 0;
}

/** Rolls back if the connection still can, and never throws. */
async function abandon(runner: QueryRunner): Promise<void> {
  if (runner.isTransactionActive && !runner.isReleased)
    await runner.rollbackTransaction().catch(() => undefined);
  await runner.release();
}
