import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ChangeRequests } from './change-requests';

const INTERVAL_MS = 1_000;

/** Looks for changes whose time has come; in every replica, as the ledger lets one apply each. */
@Injectable()
export class Schedule implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Schedule.name);
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly requests: ChangeRequests) {}

  onModuleInit(): void {
    this.next();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.underWay;
  }

  private next(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.underWay = this.look().finally(() => this.next());
    }, INTERVAL_MS);
  }

  private async look(): Promise<void> {
    try {
      await this.requests.applyDue(new Date());
    } catch (error) {
      this.logger.warn(`Scheduled changes wait: ${(error as Error).message}`);
    }
  }
}
