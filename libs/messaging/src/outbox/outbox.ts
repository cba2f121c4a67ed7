import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import { inActiveTrace } from '../trace-context/trace-context';
import { noteAppended } from './commit-signal';

/** Events that become public if, and only if, the transaction that changes the state commits. */
@Injectable()
export class Outbox {
  append(tx: Transaction, ...events: CloudEvent[]): Promise<void> {
    return this.insert(tx, null, events);
  }

  /** For one consumer alone, whoever else hears of such events. */
  appendTo(tx: Transaction, consumer: string, ...events: CloudEvent[]): Promise<void> {
    return this.insert(tx, consumer, events);
  }

  private async insert(
    tx: Transaction,
    consumer: string | null,
    events: readonly CloudEvent[],
  ): Promise<void> {
    if (events.length === 0) return;
    if (!tx.queryRunner?.isTransactionActive)
      throw new Error('Outbox.append needs the transaction of the change it announces');
    // Whoever waited for another transaction comes after it, so the start of its own is not its place in the queue.
    await queryPreparedIn(
      tx,
      'append-to-outbox',
      `INSERT INTO outbox (id, type, event, consumer, available_at)
       SELECT (event ->> 'id')::uuid, event ->> 'type', event, $2, clock_timestamp()
         FROM json_array_elements($1::json) WITH ORDINALITY AS appended (event, position)
        ORDER BY position`,
      [JSON.stringify(events.map(inActiveTrace)), consumer],
    );
    noteAppended(tx.queryRunner);
  }
}
