import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { MetricEvidence, ReleaseId } from '@croupier/contracts';
import { PeriodicTask } from '@croupier/service-kit';
import { DataSource } from 'typeorm';

const STORE_EVERY_MS = 1_000;
/** In one statement; the rest follows with the next. */
const AT_ONCE = 200;
/** Timelines keep the evidence of what was decided; this is for watching. */
const KEPT = '1 day';
const FORGET_EVERY_MS = 60 * 60_000;

export interface JudgedRelease {
  readonly releaseId: ReleaseId;
  readonly at: Date;
  readonly metrics: readonly MetricEvidence[];
}

/** What each rollout is judged by at the moment: stored by whoever judges it, for whichever replica is asked. */
@Injectable()
export class LiveEvidence implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LiveEvidence.name);
  private readonly unstored = new Map<ReleaseId, Omit<JudgedRelease, 'releaseId'>>();
  private readonly storing = new PeriodicTask(this.logger, 'Evidence is not shown for now', () =>
    this.storeSome(),
  );
  private readonly forgetting = new PeriodicTask(this.logger, 'Old evidence is kept for now', () =>
    this.forgetOld(),
  );

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.storing.start(STORE_EVERY_MS);
    this.forgetting.start(FORGET_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.storing.stop(), this.forgetting.stop()]);
  }

  judged(releaseId: ReleaseId, metrics: readonly MetricEvidence[]): void {
    this.unstored.set(releaseId, { at: new Date(), metrics });
  }

  async of(releaseIds: readonly ReleaseId[]): Promise<JudgedRelease[]> {
    return this.dataSource.query(
      'SELECT release_id AS "releaseId", at, metrics FROM live_evidence WHERE release_id = ANY($1)',
      [releaseIds],
    );
  }

  private async storeSome(): Promise<void> {
    if (this.unstored.size === 0) return;
    const rows = [...this.unstored]
      .slice(0, AT_ONCE)
      .map(([releaseId, judged]) => ({ releaseId, ...judged }));
    for (const { releaseId } of rows) this.unstored.delete(releaseId);
    await this.dataSource.query(
      `INSERT INTO live_evidence (release_id, at, metrics)
       SELECT e."releaseId", e.at, e.metrics
       FROM jsonb_to_recordset($1::jsonb) AS e("releaseId" uuid, at timestamptz, metrics jsonb)
       ON CONFLICT (release_id) DO UPDATE SET at = excluded.at, metrics = excluded.metrics
       WHERE live_evidence.at < excluded.at`,
      [JSON.stringify(rows)],
    );
  }

  private forgetOld(): Promise<unknown> {
    return this.dataSource.query(`DELETE FROM live_evidence WHERE at < now() - interval '${KEPT}'`);
  }
}
