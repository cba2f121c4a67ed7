import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import type { GameVersion } from '../versions/version-repository';

export interface Revocation {
  readonly reason: string;
  readonly actor: string;
  readonly eventId: string;
  readonly at: Date;
}

/** Versions that are taken back for good, also before they are registered. */
@Injectable()
export class RevocationRepository {
  async find(
    tx: Pick<Transaction, 'query'>,
    { provider, game, version }: GameVersion,
  ): Promise<Revocation | null> {
    const [revocation] = await tx.query<Revocation[]>(
      `SELECT reason, actor, event_id AS "eventId", revoked_at AS at FROM revocations
        WHERE (provider, game, version) = ($1, $2, $3)`,
      [provider, game, version],
    );
    return revocation ?? null;
  }

  /** False when it was revoked before. */
  async add(
    tx: Transaction,
    { provider, game, version }: GameVersion,
    { reason, actor, eventId, at }: Revocation,
  ): Promise<boolean> {
    const stored = await tx.query<unknown[]>(
      `INSERT INTO revocations (provider, game, version, reason, actor, event_id, revoked_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING version`,
      [provider, game, version, reason, actor, eventId, at],
    );
    return stored.length > 0;
  }
}
