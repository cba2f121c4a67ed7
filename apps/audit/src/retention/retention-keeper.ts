import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicTask } from '@croupier/service-kit';
import { AuditYears } from './audit-years';
import { RecordRetention } from './record-retention';

const INTERVAL_MS = 60 * 60 * 1000;

/** Makes the tables of years ahead of time, and lets go of those whose time is over. Every replica may do so. */
@Injectable()
export class RetentionKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly task = new PeriodicTask(
    new Logger(RetentionKeeper.name),
    'Years of records are neither made nor let go for now',
    () => this.keep(new Date()),
  );

  constructor(
    private readonly years: AuditYears,
    private readonly retention: RecordRetention,
  ) {}

  onApplicationBootstrap(): void {
    void this.task.run();
    this.task.start(INTERVAL_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async keep(now: Date): Promise<void> {
    await this.years.create(now);
    await this.retention.enforce(now);
  }
}
