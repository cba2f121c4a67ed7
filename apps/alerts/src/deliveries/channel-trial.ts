import { Injectable } from '@nestjs/common';
import type { AlertMessage } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { ChannelBook } from '../documents/channel-book';
import { newDelivery } from './delivery';
import { channelDisabled } from './delivery-problems';
import { DeliveryRepository } from './delivery-repository';
import { DeliveryWorker } from './delivery-worker';

/** Sends a sample the whole way, past routes, quiet hours and rates. */
@Injectable()
export class ChannelTrial {
  constructor(
    private readonly book: ChannelBook,
    private readonly deliveries: DeliveryRepository,
    private readonly worker: DeliveryWorker,
    private readonly dataSource: DataSource,
  ) {}

  /** Answers the delivery's id. An incident that it opens is resolved by a second delivery. */
  async run(name: string, actor: string): Promise<string> {
    const { document } = await this.book.one(name);
    if (!document.enabled) throw channelDisabled(name);
    const delivery = newDelivery(name, null, sampleOf(name, actor));
    const message = { ...delivery.message, incident: `test:${delivery.id}` };
    await this.dataSource.transaction(async (tx) => {
      if (document.settings.kind !== 'pagerduty') return this.deliveries.insert(tx, { ...delivery, message });
      await this.deliveries.insert(tx, { ...delivery, message: { ...message, action: 'trigger' } });
      const end = { ...message, action: 'resolve' as const };
      await this.deliveries.insert(tx, newDelivery(name, null, end));
    });
    this.worker.wake();
    return delivery.id;
  }
}

function sampleOf(channel: string, actor: string): AlertMessage {
  return {
    ...{ kind: 'alerts.test', action: 'note', severity: 'info', incident: 'test' },
    title: `A test of ${channel}`,
    text: `${actor} asked for it. Nothing has happened.`,
    ...{
      provider: null,
      game: null,
      version: null,
      releaseId: null,
      markets: null,
      link: null,
      eventId: null,
    },
    occurredAt: new Date().toISOString(),
  };
}
