import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AggregatorConfig } from '../aggregator-config';
import { WebhookPartitions } from './webhook-partitions';

const DAY_MS = 24 * 60 * 60 * 1000;
const INTERVAL_MS = 60 * 60 * 1000;

/** Keeps partitions ahead of time, and lets go of what has been kept long enough. Every replica may do so. */
@Injectable()
export class WebhookRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(WebhookRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly partitions: WebhookPartitions,
    private readonly config: AggregatorConfig,
  ) {}

  onApplicationBootstrap(): void {
    const keep = (): void => {
      this.running = this.keep(new Date()).catch((error: unknown) => {
        // Webhooks go to the table of the rest meanwhile; the next run moves them.
        this.logger.warn(`Keeping the webhooks' partitions failed, will try again: ${String(error)}`);
      });
    };
    keep();
    this.timer = setInterval(keep, INTERVAL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async keep(now: Date): Promise<void> {
    await this.partitions.create(now);
    const dropped = await this.partitions.drop(daysBefore(now, this.config.webhookRetentionDays));
    await this.partitions.forgetIds(daysBefore(now, this.config.webhookIdRetentionDays));
    if (dropped.length > 0) this.logger.log(`Dropped ${dropped.join(', ')}`);
  }
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
