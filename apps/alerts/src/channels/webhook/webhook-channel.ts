import { Injectable } from '@nestjs/common';
import type { AlertChannelSettings } from '@croupier/contracts';
import { Webhook } from 'standardwebhooks';
import { AlertHttp } from '../http/alert-http';
import type { Outgoing } from '../outgoing';

type WebhookSettings = Extract<AlertChannelSettings, { kind: 'webhook' }>;

/** The message as it is, signed by Standard Webhooks 1.0.0. Its id is the same at every attempt. */
@Injectable()
export class WebhookChannel {
  constructor(private readonly http: AlertHttp) {}

  /** @throws DeliveryFault */
  send({ deliveryId, message, secret, signal }: Outgoing, { url }: WebhookSettings): Promise<string> {
    const body = JSON.stringify(message);
    const now = new Date();
    return this.http.post({
      url,
      headers: {
        'webhook-id': deliveryId,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(deliveryId, now, body),
      },
      body,
      signal,
    });
  }
}
