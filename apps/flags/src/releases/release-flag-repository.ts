import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { EntityManager } from 'typeorm';

@Injectable()
export class ReleaseFlagRepository {
  /** From here to the end of `tx` this release's promotion and rollback wait for each other. */
  async serialize(tx: EntityManager, releaseId: ReleaseId): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`croupier.flags.${releaseId}`]);
  }

  async markRolledBack(tx: EntityManager, releaseId: ReleaseId): Promise<void> {
    await tx.query('INSERT INTO rolled_back_releases (release_id) VALUES ($1) ON CONFLICT DO NOTHING', [
      releaseId,
    ]);
  }

  async wasRolledBack(tx: EntityManager, releaseId: ReleaseId): Promise<boolean> {
    const found = await tx.query<unknown[]>('SELECT FROM rolled_back_releases WHERE release_id = $1', [
      releaseId,
    ]);
    return found.length > 0;
  }
}
