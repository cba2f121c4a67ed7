import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { noteAppended } from './commit-signal';

/** Events that become public if, and only if, the transaction that changes the state commits. */
@Injectable()
export class Outbox {
  async append(tx: Transaction, ...events: CloudEvent[]): Promise<void> {
    if (events.length === 0) return;
    if (!tx.queryRunner?.isTransactionActive)
      throw new Error('Outbox.append needs the transaction of the change it announces');
    await tx.query(
      `INSERT INTO outbox (id, type, event)
       SELECT (event ->> 'id')::uuid, event ->> 'type', event
         FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS appended (event, position)
        ORDER BY position`,
      [JSON.stringify(events)],
    );
    noteAppended(tx.queryRunner);
  }
}
