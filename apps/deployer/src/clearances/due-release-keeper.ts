import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PeriodicTask } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import type { Subject } from '../routing/stored-standing';
import { DueReleases } from './due-releases';

const INTERVAL_MS = 2_000;
const BATCH = 100;
const BY = { actor: 'deployer', reason: 'as its clearance says' };

interface Found extends Subject {
  readonly since: string;
}

/**
 * Finds what no message calls for any more: a stand-in that has failed in its turn, and a version that was certified in
 * further markets while its rollout was under way.
 */
@Injectable()
export class DueReleaseKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly task = new PeriodicTask(new Logger(DueReleaseKeeper.name), 'Due releases wait', () =>
    this.lookAtAll(),
  );
  /** Routing version of the last promotion that has been looked at. */
  private seenSince = -1;

  constructor(
    private readonly dataSource: DataSource,
    private readonly due: DueReleases,
    private readonly loop: OrchestrationLoop,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start(INTERVAL_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async lookAtAll(): Promise<void> {
    const promoted = await this.promoted();
    for (const subject of [...(await this.revoked()), ...promoted]) {
      const queued = await this.dataSource.transaction((tx) => this.due.queue(tx, subject, BY));
      if (queued.length > 0) this.loop.wake();
    }
    this.seenSince = Math.max(this.seenSince, ...promoted.map(({ since }) => Number(since)));
  }

  private revoked(): Promise<Subject[]> {
    return this.dataSource.query(
      `SELECT s.provider, s.game FROM clearances c JOIN subjects s ON s.provider = c.provider AND s.game = c.game
       WHERE c.revoked AND c.version = s.stable_version LIMIT ${BATCH}`,
    );
  }

  /** Subjects whose stable version is certified where it has not been rolled out, in the order of their promotions. */
  private promoted(): Promise<Found[]> {
    return this.dataSource.query(
      `SELECT s.provider, s.game, v.since FROM stable_versions v
       JOIN subjects s ON s.provider = v.provider AND s.game = v.game AND s.stable_version = v.version
       JOIN clearances c ON c.provider = v.provider AND c.game = v.game AND c.version = v.version
       WHERE v.since > $1 AND EXISTS (SELECT FROM jsonb_array_elements_text(c.markets) AS market
         WHERE NOT jsonb_exists(v.markets || v.offered, market))
       ORDER BY v.since LIMIT ${BATCH}`,
      [this.seenSince],
    );
  }
}
