import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { dueReleases, type DueRelease, type Attempt } from '@croupier/rollout';
import { ReleaseQueue, type OrderedBy } from '../releases/release-queue';
import { StandingRepository } from '../routing/standing-repository';
import type { Subject } from '../routing/stored-standing';

/** Queues the releases that a subject's clearances call for: a version in a revoked one's place, and added markets. */
@Injectable()
export class DueReleases {
  constructor(
    private readonly standings: StandingRepository,
    private readonly releases: ReleaseQueue,
  ) {}

  /** Answers those that are queued. Two at a time wait for each other, and the second finds nothing left to queue. */
  async queue(tx: Transaction, { provider, game }: Subject, by: OrderedBy): Promise<ReleaseId[]> {
    const subject = { provider, game };
    await tx.query('SELECT FROM subjects WHERE provider = $1 AND game = $2 FOR UPDATE', [provider, game]);
    const [standing] = await this.standings.of(tx, [subject]);
    if (!standing) return [];
    const queued: (ReleaseId | null)[] = [];
    for (const due of dueReleases(standing, await this.attempts(tx, subject)))
      queued.push(await this.queueOne(tx, subject, due, by));
    return queued.filter((id) => id !== null);
  }

  private async queueOne(
    tx: Transaction,
    subject: Subject,
    due: DueRelease,
    by: OrderedBy,
  ): Promise<ReleaseId | null> {
    const { version } = due;
    switch (due.kind) {
      case 'stand-in': {
        const { standsInFor } = due;
        const order = { actor: by.actor, reason: `${standsInFor} is revoked: ${by.reason}` };
        return this.releases.enqueueStandIn(tx, { ...subject, version }, standsInFor, order);
      }
      case 'extension': {
        const { markets, from } = due;
        await this.standings.offer(tx, { ...subject, version }, markets);
        const order = { actor: by.actor, reason: `it is certified in ${markets.join(', ')}: ${by.reason}` };
        return this.releases.enqueueExtension(tx, { ...subject, version }, { markets, from }, order);
      }
      default:
        return due satisfies never;
    }
  }

  private async attempts(tx: Transaction, { provider, game }: Subject): Promise<Attempt[]> {
    return tx.query<Attempt[]>(
      `SELECT version, state #>> '{plan,standsInFor}' AS "standsInFor", NOT (active OR status = 'queued') AS "isOver"
       FROM releases WHERE provider = $1 AND game = $2
         AND (active OR status = 'queued' OR state #>> '{plan,standsInFor}' IS NOT NULL)`,
      [provider, game],
    );
  }
}
