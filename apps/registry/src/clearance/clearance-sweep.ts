import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExpiryWarnings } from '../certifications/expiry-warnings';
import { Clock } from '../clock';
import type { GameVersion } from '../versions/version-repository';
import { ClearanceReview } from './clearance-review';

const EVERY_MS = 1_000;
/** In one transaction. */
const BATCH = 200;

/** Begins and ends what certificates allow, when their time comes, and warns of those that end soon. */
@Injectable()
export class ClearanceSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ClearanceSweep.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private isWoken = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clearance: ClearanceReview,
    private readonly warnings: ExpiryWarnings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.running;
  }

  /** Looks at once, or once more when it is looking. */
  wake(): void {
    this.isWoken = true;
    this.running ??= this.run().finally(() => (this.running = null));
  }

  /** Reviews everything whose time has come. Answers how many versions may be dealt elsewhere now. */
  async pass(): Promise<number> {
    let changed = 0;
    for (;;) {
      const due = await this.dataSource.query<GameVersion[]>(
        `SELECT provider, game, version FROM clearance_reviews WHERE due_at <= $1
          ORDER BY due_at LIMIT ${BATCH}`,
        [this.clock.now()],
      );
      if (due.length === 0) break;
      changed += await this.dataSource.transaction((tx) =>
        this.clearance.review(tx, due, { actor: 'registry', reason: null }),
      );
    }
    await this.warnings.tell();
    return changed;
  }

  private async run(): Promise<void> {
    while (this.isWoken) {
      this.isWoken = false;
      try {
        await this.pass();
      } catch (error) {
        this.logger.warn(`Certificates are reviewed later: ${(error as Error).message}`);
      }
    }
  }
}
