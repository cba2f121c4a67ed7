import { Injectable } from '@nestjs/common';
import type { WebhookAccepted, WebhookIgnored } from '@croupier/contracts';
import { WebhookAcceptance } from './webhook-acceptance';
import { WebhookMetrics } from './webhook-metrics';
import { WebhookReader, type IncomingWebhook } from './webhook-reader';

export interface WebhookAnswer {
  /** 202: stored, and will be worked on. 200: genuine, and tells nothing that the platform acts on. */
  readonly status: 200 | 202;
  readonly body: WebhookAccepted | WebhookIgnored;
}

/** What becomes of a webhook, by whichever way its request came in. */
@Injectable()
export class WebhookReception {
  constructor(
    private readonly reader: WebhookReader,
    private readonly acceptance: WebhookAcceptance,
    private readonly metrics: WebhookMetrics,
  ) {}

  /** @throws ProblemException */
  async receive(incoming: IncomingWebhook): Promise<WebhookAnswer> {
    try {
      const reading = await this.reader.read(incoming);
      if (reading.kind === 'ignored') {
        this.metrics.ignored();
        return { status: 200, body: { webhookId: reading.webhookId, ignored: reading.reason } };
      }
      const accepted = await this.acceptance.accept(reading.webhook, reading.events);
      this.metrics.accepted(accepted.duplicate);
      return { status: 202, body: accepted };
    } catch (error) {
      this.metrics.refused(error);
      throw error;
    }
  }
}
