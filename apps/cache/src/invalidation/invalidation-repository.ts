import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Cause, Invalidation } from './invalidation';

interface InvalidationRow {
  readonly id: string;
  readonly cause: Cause;
  readonly reason: string;
  readonly release_id: string | null;
  readonly target: string;
  readonly prefix: string;
  readonly keys_removed: string;
  readonly duration_ms: number;
  readonly at: Date;
}

@Injectable()
export class InvalidationRepository {
  constructor(private readonly dataSource: DataSource) {}

  async append(tx: EntityManager, invalidation: Invalidation): Promise<void> {
    await tx.query(
      `INSERT INTO invalidations (id, cause, reason, release_id, target, prefix, keys_removed, duration_ms, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        invalidation.id,
        invalidation.cause,
        invalidation.reason,
        invalidation.releaseId,
        invalidation.target,
        invalidation.prefix,
        invalidation.keysRemoved,
        invalidation.durationMs,
        invalidation.at,
      ],
    );
  }

  async newest(limit: number): Promise<Invalidation[]> {
    const rows = await this.dataSource.query<InvalidationRow[]>(
      'SELECT * FROM invalidations ORDER BY at DESC, id LIMIT $1',
      [limit],
    );
    return rows.map(({ release_id, keys_removed, duration_ms, ...row }) => ({
      ...row,
      releaseId: release_id,
      keysRemoved: Number(keys_removed),
      durationMs: duration_ms,
    }));
  }
}
