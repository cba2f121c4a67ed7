import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import type { Game, GameVersion } from '../versions/version-repository';
import type { PooledVersion, PoolMove } from './pool-moves';

@Injectable()
export class PoolRepository {
  /** The version and what is in production. Another event of the game waits until `tx` ends. */
  async lock(tx: Transaction, { provider, game, version }: GameVersion): Promise<PooledVersion[]> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`pools.${provider}/${game}`]);
    return tx.query<PooledVersion[]>(
      `SELECT version, pool, pool_changed_at AS "poolChangedAt" FROM versions
        WHERE (provider, game) = ($1, $2) AND (version = $3 OR pool = 'production')`,
      [provider, game, version],
    );
  }

  async move(
    tx: Transaction,
    { provider, game }: Game,
    { version, from, to, reason }: PoolMove,
    cause: { eventId: string; at: Date },
  ): Promise<void> {
    await tx.query(
      `UPDATE versions SET pool = $4, pool_changed_at = $5 WHERE (provider, game, version) = ($1, $2, $3)`,
      [provider, game, version, to, cause.at],
    );
    await this.record(tx, { provider, game, version }, { from, to, reason }, cause);
  }

  async record(
    tx: Transaction,
    { provider, game, version }: GameVersion,
    { from, to, reason }: Pick<PoolMove, 'to' | 'reason'> & { from: PoolMove['from'] | null },
    { eventId, at }: { eventId: string; at: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO pool_moves (provider, game, version, from_pool, to_pool, reason, event_id, moved_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [provider, game, version, from, to, reason, eventId, at],
    );
  }
}
