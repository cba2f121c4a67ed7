import { Injectable } from '@nestjs/common';
import type { CloudEvent, WebhookAccepted } from '@croupier/contracts';
import type { ReceivedWebhook } from './received-webhook';
import { WebhookRepository } from './webhook-repository';

/** Stores what was read. */
@Injectable()
export class WebhookAcceptance {
  constructor(private readonly webhooks: WebhookRepository) {}

  /** Returns once the webhook and its events are committed. */
  async accept(
    webhook: ReceivedWebhook,
    [event]: readonly [CloudEvent, ...CloudEvent[]],
  ): Promise<WebhookAccepted> {
    const outcome = await this.webhooks.store(webhook, event);
    return { webhookId: webhook.webhookId, eventId: event.id, duplicate: outcome === 'duplicate' };
  }
}
