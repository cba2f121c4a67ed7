import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AggregatorConfig } from '../aggregator-config';
import { WebhookPartitions } from './webhook-partitions';

const DAY_MS = 24 * 60 * 60 * 1000;
const INTERVAL_MS = 60 * 60 * 1000;
/** Chosen once: one replica at a time keeps the partitions. */
const LOCK = 'croupier.aggregator.webhook-retention';

/** Keeps partitions ahead of time, and lets go of what has been kept long enough. */
@Injectable()
export class WebhookRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(WebhookRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
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

  async keep(now: Date): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const [row] = (await runner.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked', [
        LOCK,
      ])) as { locked: boolean }[];
      if (!row?.locked) return;
      try {
        await this.partitions.create(now);
        const dropped = await this.partitions.drop(daysBefore(now, this.config.webhookRetentionDays));
        await this.partitions.forgetIds(daysBefore(now, this.config.webhookIdRetentionDays));
        if (dropped.length > 0) this.logger.log(`Dropped ${dropped.join(', ')}`);
      } finally {
        await runner.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [LOCK]);
      }
    } finally {
      await runner.release();
    }
  }
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
