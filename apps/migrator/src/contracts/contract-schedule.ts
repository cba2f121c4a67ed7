import { Injectable } from '@nestjs/common';
import type { CloudEvent, ReleaseId, ReleaseReference, RolloutPromoted } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import { DataSource } from 'typeorm';
import { MigratorConfig } from '../migrator-config';

/** When what a release takes away is taken away: the hold time after its promotion, unless it is gone by then. */
@Injectable()
export class ContractSchedule {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly config: MigratorConfig,
  ) {}

  /** A promotion also ends what other releases of the subject still had in mind: it may be the way back from them. */
  async promoted(event: CloudEvent<'rollout.promoted', RolloutPromoted>): Promise<void> {
    const { releaseId, provider, game } = event.data;
    await this.inbox.once(event, async (tx) => {
      await tx.query(
        `UPDATE release_migrations SET contract_due_at = NULL
         WHERE provider = $1 AND game = $2 AND release_id <> $3 AND contract_due_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM release_migrations mine WHERE mine.release_id = $3)`,
        [provider, game, releaseId],
      );
      await tx.query(
        `UPDATE release_migrations r SET contract_due_at = now() + $2 * interval '1 ms'
         WHERE release_id = $1 AND status = 'applied'
           AND EXISTS (SELECT FROM module_migrations m WHERE m.release_id = r.release_id AND m.phase = 'contract')`,
        [releaseId, this.config.contractHoldMs],
      );
    });
  }

  async due(): Promise<ReleaseReference[]> {
    return this.dataSource.query<ReleaseReference[]>(
      `SELECT release_id AS "releaseId", provider, game, version FROM release_migrations
       WHERE contract_due_at <= now() ORDER BY contract_due_at LIMIT 20`,
    );
  }

  async isDue(releaseId: ReleaseId): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT FROM release_migrations WHERE release_id = $1 AND contract_due_at <= now()',
      [releaseId],
    );
    return rows.length === 1;
  }
}
