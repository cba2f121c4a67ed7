import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TelemetryRepository } from './telemetry-repository';

const INTERVAL_MS = 10 * 60_000;

/** Keeps the telemetry tables from growing for ever. */
@Injectable()
export class TelemetryRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TelemetryRetention.name);
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly telemetry: TelemetryRepository) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.forget(), INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async forget(): Promise<void> {
    try {
      await this.telemetry.forgetOld();
    } catch (error) {
      this.logger.warn(`Old telemetry is kept for now: ${(error as Error).message}`);
    }
  }
}
