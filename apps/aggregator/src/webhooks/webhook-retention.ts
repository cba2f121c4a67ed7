import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicTask } from '@croupier/service-kit';
import { AggregatorConfig } from '../aggregator-config';
import { WebhookPartitions } from './webhook-partitions';

const DAY_MS = 24 * 60 * 60 * 1000;
const INTERVAL_MS = 60 * 60 * 1000;

/** Keeps partitions ahead of time, and lets go of what has been kept long enough. Every replica may do so. */
@Injectable()
export class WebhookRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(WebhookRetention.name);
  /** Webhooks go to the table of the rest when it fails; the next run moves them. */
  private readonly task = new PeriodicTask(this.logger, 'Old webhooks are kept for now', () =>
    this.keep(new Date()),
  );

  constructor(
    private readonly partitions: WebhookPartitions,
    private readonly config: AggregatorConfig,
  ) {}

  onApplicationBootstrap(): void {
    void this.task.run();
    this.task.start(INTERVAL_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
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
