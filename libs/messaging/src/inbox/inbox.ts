import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { Turns } from './turns';

/** Of node-postgres. */
const DEFAULT_POOL_SIZE = 10;

/** Makes the effects of an at-least-once delivery happen once. */
@Injectable()
export class Inbox {
  private readonly turns: Turns;

  constructor(private readonly dataSource: DataSource) {
    const { poolSize } = dataSource.options as { poolSize?: number };
    this.turns = new Turns(Math.max(1, Math.floor((poolSize ?? DEFAULT_POOL_SIZE) / 2)));
  }

  /**
   * Records the event and runs `work` in one transaction, or does nothing when it was recorded before.
   * At most half of the pool's connections are used at once: a backlog leaves some to everybody else, and `work` that
   * takes a second connection does not wait for one that others like it hold.
   * Two handlers of one event type in a service need different `handler` names: each has its own record.
   */
  async once(
    event: CloudEvent,
    work: (tx: Transaction) => Promise<void>,
    handler = 'default',
  ): Promise<'done' | 'duplicate'> {
    return this.turns.take(() => this.record(event, work, handler));
  }

  private record(
    event: CloudEvent,
    work: (tx: Transaction) => Promise<void>,
    handler: string,
  ): Promise<'done' | 'duplicate'> {
    return this.dataSource.transaction(async (tx) => {
      // A concurrent delivery of the same event waits here until the first one commits or rolls back.
      const recorded = await queryPreparedIn(
        tx,
        'record-message',
        `INSERT INTO inbox (message_id, handler, type) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING message_id`,
        [event.id, handler, event.type],
      );
      if (recorded.length === 0) return 'duplicate';
      await work(tx);
      return 'done';
    });
  }
}
