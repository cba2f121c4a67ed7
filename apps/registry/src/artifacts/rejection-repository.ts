import { Injectable } from '@nestjs/common';
import type { CloudEvent, GameVersionAnnounced } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import type { Rejection } from './rejection';

/** Evidence of what was announced and refused. Append-only. */
@Injectable()
export class RejectionRepository {
  async add(
    tx: Transaction,
    { id, data }: CloudEvent<'game.version.announced', GameVersionAnnounced>,
    { reason, detail }: Rejection,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO rejections (provider, game, version, reason, detail, announced_digest, manifest_url, event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [data.provider, data.game, data.version, reason, detail, data.manifestSha256, data.manifestUrl, id],
    );
  }
}
