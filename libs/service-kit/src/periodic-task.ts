import type { Logger } from '@nestjs/common';

/** Does the same again and again until it is stopped, one run at a time. */
export class PeriodicTask {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private stopped = false;
  private isFailing = false;

  /**
   * @param logger of whoever does it; told of a failure once, until it works again
   * @param failing what a failure means, without a full stop: `Old telemetry is kept for now`
   */
  constructor(
    private readonly logger: Logger,
    private readonly failing: string,
    private readonly work: () => Promise<unknown>,
  ) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  /** For the first time after `everyMs`, and not while a run is under way. Keeps no process alive. */
  start(everyMs: number): void {
    this.timer = setInterval(() => void this.run(), everyMs).unref();
  }

  /** Runs now, unless it runs already or is stopped. Resolves at the end of the run, also of one that fails. */
  run(): Promise<void> {
    if (!this.stopped) this.running ??= this.attempt().finally(() => (this.running = null));
    return this.running ?? Promise.resolve();
  }

  /** Resolves when no run is under way, nor will be. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async attempt(): Promise<void> {
    try {
      await this.work();
      if (this.isFailing) this.logger.log(`No longer: ${this.failing}`);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`${this.failing}: ${(error as Error).message}`);
      this.isFailing = true;
    }
  }
}
