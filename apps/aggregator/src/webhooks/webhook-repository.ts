import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { DataSource } from 'typeorm';

export interface ReceivedWebhook {
  readonly provider: string;
  readonly webhookId: string;
  readonly type: string;
  readonly body: Buffer;
}

@Injectable()
export class WebhookRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Stores the webhook and its event together, or neither when the webhook was stored before. */
  store(webhook: ReceivedWebhook, event: CloudEvent): Promise<'stored' | 'duplicate'> {
    return this.dataSource.transaction(async (tx) => {
      // A copy that arrives meanwhile waits here until the first one commits or rolls back.
      const stored = await tx.query<unknown[]>(
        `INSERT INTO webhooks (provider, webhook_id, event_id, type, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING event_id`,
        [webhook.provider, webhook.webhookId, event.id, webhook.type, webhook.body],
      );
      if (stored.length === 0) return 'duplicate';
      await this.outbox.append(tx, event);
      return 'stored';
    });
  }
}
