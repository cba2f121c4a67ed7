import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { EntityManager } from 'typeorm';

/** Which releases are over, and what they have touched. The caller holds the ledger's lock. */
@Injectable()
export class ReleaseFlagRepository {
  /** Answers whether it is news. */
  async markOver(tx: EntityManager, releaseId: ReleaseId): Promise<boolean> {
    const marked = await tx.query<unknown[]>(
      'INSERT INTO rolled_back_releases (release_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING release_id',
      [releaseId],
    );
    return marked.length > 0;
  }

  async isOver(tx: EntityManager, releaseId: ReleaseId): Promise<boolean> {
    const found = await tx.query<unknown[]>('SELECT FROM rolled_back_releases WHERE release_id = $1', [
      releaseId,
    ]);
    return found.length > 0;
  }

  /** The names of flags, in their order. */
  async touchedBy(tx: EntityManager, releaseId: ReleaseId): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>(
      `SELECT DISTINCT name FROM flag_history WHERE release_id = $1 AND kind = 'flag' ORDER BY name`,
      [releaseId],
    );
    return rows.map(({ name }) => name);
  }
}
