import { Injectable } from '@nestjs/common';
import { Metrics, ProblemException } from '@croupier/service-kit';

@Injectable()
export class WebhookMetrics {
  private readonly received: ReturnType<typeof Metrics.prototype.counter<'outcome'>>;
  /** Found once: finding a label's series costs more than counting. */
  private readonly acceptedOnes: { inc(): void };

  constructor(metrics: Metrics) {
    this.received = metrics.counter({
      name: 'webhooks_received_total',
      help: 'Webhooks by outcome: accepted, duplicate, ignored, or the slug of the problem answered',
      labelNames: ['outcome'],
    });
    this.acceptedOnes = this.received.labels('accepted');
  }

  accepted(duplicate: boolean): void {
    if (duplicate) this.received.inc({ outcome: 'duplicate' });
    else this.acceptedOnes.inc();
  }

  ignored(): void {
    this.received.inc({ outcome: 'ignored' });
  }

  refused(thrown: unknown): void {
    const outcome = thrown instanceof ProblemException ? thrown.description.slug : 'internal-error';
    this.received.inc({ outcome });
  }
}
