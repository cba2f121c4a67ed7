import { Injectable } from '@nestjs/common';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import type { Game, GameVersion } from '../versions/version-repository';
import { poolStays, type PoolFact, type PoolStay } from './pool-stays';

/** What was told of versions, and where they have been by that. The caller has the lock of the game. */
@Injectable()
export class PoolHistory {
  /** Of a version that this transaction registers: nothing was told of it before, and it moves no other one. */
  async begin(
    tx: Transaction,
    { provider, game, version }: GameVersion,
    { at, eventId }: Pick<PoolFact, 'at' | 'eventId'>,
  ): Promise<void> {
    await queryPreparedIn(
      tx,
      'begin-pools',
      `WITH told AS (
         INSERT INTO pool_events (provider, game, version, kind, at, reason, event_id)
         VALUES ($1, $2, $3, 'registered', $4, 'registered', $5) RETURNING *
       )
       INSERT INTO pool_stays (provider, game, version, pool, from_at, reason, event_id)
       SELECT provider, game, version, 'candidate', at, reason, event_id FROM told`,
      [provider, game, version, at, eventId],
    );
  }

  async tell(tx: Transaction, version: GameVersion, fact: Omit<PoolFact, 'version'>): Promise<void> {
    await tx.query(
      `INSERT INTO pool_events (provider, game, version, kind, at, reason, event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [version.provider, version.game, version.version, fact.kind, fact.at, fact.reason, fact.eventId],
    );
    await this.rewrite(tx, version, poolStays(await this.factsOf(tx, version)));
  }

  private factsOf(tx: Transaction, { provider, game }: Game): Promise<PoolFact[]> {
    return tx.query<PoolFact[]>(
      `SELECT version, kind, at, reason, event_id AS "eventId" FROM pool_events WHERE (provider, game) = ($1, $2)`,
      [provider, game],
    );
  }

  /** A late fact changes what is known of the past. What is known already stays as it is written. */
  private async rewrite(
    tx: Transaction,
    { provider, game }: Game,
    stays: readonly PoolStay[],
  ): Promise<void> {
    const given = `jsonb_to_recordset($3::jsonb) AS n(version text, pool text, "from" timestamptz, "to" timestamptz,
      reason text, "eventId" text)`;
    const parameters = [provider, game, JSON.stringify(stays)];
    await tx.query(
      `DELETE FROM pool_stays s WHERE (s.provider, s.game) = ($1, $2) AND NOT EXISTS (
         SELECT FROM ${given} WHERE (n.version, n.pool, n."from", n.reason, n."eventId")
           = (s.version, s.pool, s.from_at, s.reason, s.event_id) AND n."to" IS NOT DISTINCT FROM s.to_at)`,
      parameters,
    );
    await tx.query(
      `INSERT INTO pool_stays (provider, game, version, pool, from_at, to_at, reason, event_id)
       SELECT $1, $2, version, pool, "from", "to", reason, "eventId" FROM ${given} ON CONFLICT DO NOTHING`,
      parameters,
    );
    // First what leaves production: one version of a game is in it at a time.
    for (const isProduction of [false, true])
      await tx.query(
        `UPDATE versions v SET pool = n.pool, pool_changed_at = n."from" FROM ${given}
          WHERE n."to" IS NULL AND (v.provider, v.game, v.version) = ($1, $2, n.version) AND v.pool <> n.pool
            AND (n.pool = 'production') = $4`,
        [...parameters, isProduction],
      );
    const inProduction = stays.find(({ pool, to }) => pool === 'production' && to === null);
    await tx.query(
      `UPDATE games SET production_version = $3
        WHERE (provider, game) = ($1, $2) AND production_version IS DISTINCT FROM $3`,
      [provider, game, inProduction?.version ?? null],
    );
  }
}
