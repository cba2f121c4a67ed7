import { Injectable } from '@nestjs/common';
import type { AlertMessage } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { ChannelBook } from '../documents/channel-book';
import { newDelivery } from './delivery';
import { DeliveryRepository } from './delivery-repository';
import { digestOf } from './digest';

const AT_ONCE = 500;

interface Held {
  readonly id: string;
  readonly route: string | null;
  readonly message: AlertMessage;
}

/** Lets go of what was held, when its time has come: what came alone as it is, and more than one as one message. */
@Injectable()
export class DigestMaker {
  constructor(
    private readonly book: ChannelBook,
    private readonly deliveries: DeliveryRepository,
    private readonly dataSource: DataSource,
  ) {}

  async makeDue(): Promise<void> {
    const due = await this.dataSource.query<{ channel: string }[]>(
      `SELECT DISTINCT channel FROM alert_deliveries WHERE state = 'held' AND held_until <= now()`,
    );
    for (const { channel } of due) await this.dataSource.transaction((tx) => this.letGo(tx, channel));
  }

  private async letGo(tx: Transaction, channel: string): Promise<void> {
    const held = await tx.query<Held[]>(
      `SELECT id, route, message FROM alert_deliveries
        WHERE state = 'held' AND channel = $1 AND held_until <= now()
        ORDER BY sequence LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`,
      [channel],
    );
    if (held.length === 0) return;
    const ids = held.map(({ id }) => id);
    const settings = (await this.book.all(tx)).find(({ name }) => name === channel)?.document.settings;
    // Each incident of PagerDuty has to be one of its own, for somebody to take and for us to resolve.
    if (held.length === 1 || settings?.kind === 'pagerduty') {
      await tx.query(
        `UPDATE alert_deliveries SET state = 'waiting', next_attempt_at = now() WHERE id = ANY ($1)`,
        [ids],
      );
      return;
    }
    const shell = newDelivery(channel, null, held[0]!.message);
    const message = digestOf(
      held.map((each) => each.message),
      shell.id,
      new Date(),
    );
    await this.deliveries.insert(tx, { ...shell, message });
    await tx.query(
      `UPDATE alert_deliveries SET state = 'digested', digest_id = $2, finished_at = now() WHERE id = ANY ($1)`,
      [ids, shell.id],
    );
  }
}
