import { Injectable } from '@nestjs/common';
import { Slug, type WebhookAccepted } from '@croupier/contracts';
import { ActiveSecrets } from '../providers/active-secrets';
import { announcementOf } from './announcement';
import { readWebhookHeaders, verifyWebhook, type WebhookHeaders } from './standard-webhook';
import { parsePayload } from './webhook-payload';
import { missingHeaders, outsideWindow, signatureMismatch, unknownProvider } from './webhook-problems';
import { WebhookRepository } from './webhook-repository';

export interface IncomingWebhook {
  readonly provider: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was sent, to the byte. */
  readonly body: Buffer;
}

@Injectable()
export class WebhookIntake {
  constructor(
    private readonly secrets: ActiveSecrets,
    private readonly webhooks: WebhookRepository,
  ) {}

  /** Returns once the webhook and its event are committed. Nothing is parsed before it is verified. */
  async accept(incoming: IncomingWebhook): Promise<WebhookAccepted> {
    const { provider, headers, body } = incoming;
    const { id: webhookId } = await this.verify(incoming);
    const payload = parsePayload(body);
    const { traceparent } = headers;
    const event = announcementOf(payload, {
      provider,
      webhookId,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    });
    const outcome = await this.webhooks.store({ provider, webhookId, type: payload.type, body }, event);
    return { webhookId, eventId: event.id, duplicate: outcome === 'duplicate' };
  }

  private async verify({ provider, headers, body }: IncomingWebhook): Promise<WebhookHeaders> {
    const secrets = Slug.safeParse(provider).success ? await this.secrets.of(provider) : [];
    if (secrets.length === 0) throw unknownProvider(provider);
    const read = readWebhookHeaders(headers);
    if (read.kind === 'faulty') throw missingHeaders(read.faults);
    const nowMs = Date.now();
    const verdict = verifyWebhook(read.headers, body, secrets, nowMs);
    switch (verdict) {
      case 'verified':
        return read.headers;
      case 'outside-window':
        throw outsideWindow(nowMs);
      case 'signature-mismatch':
        throw signatureMismatch();
    }
  }
}
