import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';

/** Makes the effects of an at-least-once delivery happen once. */
@Injectable()
export class Inbox {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Records the event and runs `work` in one transaction, or does nothing when it was recorded before.
   * Two handlers of one event type in a service need different `handler` names: each has its own record.
   */
  async once(
    event: CloudEvent,
    work: (tx: Transaction) => Promise<void>,
    handler = 'default',
  ): Promise<'done' | 'duplicate'> {
    return this.dataSource.transaction(async (tx) => {
      // A concurrent delivery of the same event waits here until the first one commits or rolls back.
      const recorded = await tx.query<unknown[]>(
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
