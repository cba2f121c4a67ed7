import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { Game } from '../versions/version-repository';

export interface DisablementRecord extends Game {
  readonly id: string;
  readonly version: string | null;
  readonly markets: string[] | null;
  readonly since: Date;
  readonly reason: string;
  readonly liftedAt: Date | null;
  readonly liftedBy: string | null;
  readonly liftedReason: string | null;
}

const COLUMNS = `id, provider, game, version, markets, since, reason, lifted_at AS "liftedAt", lifted_by AS "liftedBy",
  lifted_reason AS "liftedReason"`;

@Injectable()
export class DisablementRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(
    tx: Transaction,
    disabled: Pick<DisablementRecord, 'provider' | 'game' | 'version' | 'markets' | 'since' | 'reason'>,
    eventId: string,
  ): Promise<void> {
    const { provider, game, version, markets, since, reason } = disabled;
    await tx.query(
      `INSERT INTO disablements (provider, game, version, markets, since, reason, event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [provider, game, version, markets, since, reason, eventId],
    );
  }

  /** Null when there is none that is not lifted. */
  async lift(
    tx: Transaction,
    id: string,
    { author, reason, at }: { author: string; reason: string; at: Date },
  ): Promise<DisablementRecord | null> {
    const [[lifted]] = await tx.query<[DisablementRecord[], number]>(
      `UPDATE disablements SET lifted_at = $2, lifted_by = $3, lifted_reason = $4
        WHERE id = $1 AND lifted_at IS NULL RETURNING ${COLUMNS}`,
      [id, at, author, reason],
    );
    return lifted ?? null;
  }

  async find(id: string): Promise<DisablementRecord | null> {
    const [found] = await this.dataSource.query<DisablementRecord[]>(
      `SELECT ${COLUMNS} FROM disablements WHERE id = $1`,
      [id],
    );
    return found ?? null;
  }

  /** The latest first. */
  list(
    { provider, game }: { provider?: string | undefined; game?: string | undefined },
    before: string | null,
    limit: number,
  ): Promise<DisablementRecord[]> {
    return this.dataSource.query<DisablementRecord[]>(
      `SELECT ${COLUMNS} FROM disablements
        WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR provider = $2)
          AND ($3::text IS NULL OR game = $3)
        ORDER BY id DESC LIMIT $4`,
      [before, provider ?? null, game ?? null, limit],
    );
  }
}
