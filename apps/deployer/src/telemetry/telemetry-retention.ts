import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicTask } from '@croupier/service-kit';
import { TelemetryRepository } from './telemetry-repository';

const INTERVAL_MS = 10 * 60_000;

/** Keeps the telemetry tables from growing for ever. */
@Injectable()
export class TelemetryRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly task = new PeriodicTask(
    new Logger(TelemetryRetention.name),
    'Old telemetry is kept for now',
    () => this.telemetry.forgetOld(),
  );

  constructor(private readonly telemetry: TelemetryRepository) {}

  onApplicationBootstrap(): void {
    this.task.start(INTERVAL_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }
}
