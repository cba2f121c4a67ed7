import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { DataSource } from 'typeorm';
import { Webhook } from './webhook.entity';

export interface Announcement {
  readonly type: string;
  readonly timestamp: string;
  readonly data: object;
}

@Injectable()
export class WebhookService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject('EVENTS') private readonly events: ClientProxy,
  ) {}

  async receive(provider: string, webhookId: string, body: Announcement) {
    const webhooks = this.dataSource.getRepository(Webhook);
    const known = await webhooks.findOneBy({ provider, webhookId });
    if (known) return { webhookId, eventId: known.eventId, duplicate: true };
    const webhook = await webhooks.save({
      provider,
      webhookId,
      eventId: randomUUID(),
      type: body.type,
      body,
    });
    await lastValueFrom(
      this.events.emit('game.version.announced', {
        id: webhook.eventId,
        provider,
        webhookId,
        announcedAt: body.timestamp,
        ...body.data,
      }),
    );
    return { webhookId, eventId: webhook.eventId, duplicate: false };
  }
}
