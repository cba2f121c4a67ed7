import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { Effect } from '@croupier/rollout';
import { DataSource, type EntityManager } from 'typeorm';

/** Effects of one lane of one release run in order; traffic never waits for a workload. */
export type Lane = 'traffic' | 'workload';

export interface PendingEffect {
  readonly id: string;
  readonly releaseId: ReleaseId;
  readonly effect: Effect;
  /** This one included. */
  readonly attempts: number;
}

/** An effect whose worker is silent for this long is taken up by another. */
const LEASE_SECONDS = 120;
const CLAIM_BATCH = 20;

@Injectable()
export class EffectRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(tx: EntityManager, releaseId: ReleaseId, effects: readonly Effect[]): Promise<void> {
    for (const effect of effects)
      await tx.query(
        `INSERT INTO effects (key, release_id, lane, effect) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING`,
        [effect.key, releaseId, laneOf(effect), JSON.stringify(effect)],
      );
  }

  /** Takes the first undone effect of each lane whose time has come. */
  async claim(): Promise<PendingEffect[]> {
    const [rows] = await this.dataSource.query<
      [{ id: string; release_id: ReleaseId; effect: Effect; attempts: number }[], number]
    >(
      `UPDATE effects SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $1)
       WHERE id IN (
         SELECT e.id FROM effects e
         WHERE e.done_at IS NULL AND e.next_attempt_at <= now()
           AND NOT EXISTS (
             SELECT 1 FROM effects earlier
             WHERE earlier.release_id = e.release_id AND earlier.lane = e.lane AND earlier.done_at IS NULL
               AND earlier.id < e.id)
         ORDER BY e.id LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id, release_id, effect, attempts`,
      [LEASE_SECONDS, CLAIM_BATCH],
    );
    return rows.map((row) => ({
      id: row.id,
      releaseId: row.release_id,
      effect: row.effect,
      attempts: row.attempts,
    }));
  }

  async done(tx: EntityManager, id: string): Promise<void> {
    await tx.query('UPDATE effects SET done_at = now(), last_error = NULL WHERE id = $1', [id]);
  }

  async retryLater(id: string, error: string, delayMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE effects SET last_error = $2, next_attempt_at = now() + make_interval(secs => $3) WHERE id = $1`,
      [id, error, delayMs / 1000],
    );
  }
}

function laneOf(effect: Effect): Lane {
  return effect.kind === 'set-weight' || effect.kind === 'promote-traffic' ? 'traffic' : 'workload';
}
