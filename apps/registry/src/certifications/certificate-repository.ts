import { Injectable } from '@nestjs/common';
import type { CertificateQuery } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { GameVersion } from '../versions/version-repository';

export interface NewCertificate extends GameVersion {
  readonly market: string;
  /** '' when there is no number. */
  readonly certificate: string;
  readonly laboratory: string | null;
  readonly digest: string | null;
  readonly rtp: number | null;
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Who tells of certificates, when, and why. */
export interface Telling {
  readonly toldAt: Date;
  readonly actor: string;
  readonly reason: string;
  /** Whether certificates that were withdrawn hold again. */
  readonly reinstates: boolean;
}

export interface CertificateRecord extends GameVersion {
  readonly id: string;
  readonly market: string;
  readonly certificate: string;
  readonly laboratory: string | null;
  readonly digest: string | null;
  readonly rtp: number | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly actor: string;
  readonly withdrawnAt: Date | null;
  readonly withdrawnBy: string | null;
  readonly withdrawnReason: string | null;
}

const COLUMNS = `id, provider, game, version, market, certificate, laboratory, digest, rtp, valid_from AS "validFrom",
  valid_to AS "validTo", actor, withdrawn_at AS "withdrawnAt", withdrawn_by AS "withdrawnBy",
  withdrawn_reason AS "withdrawnReason"`;

@Injectable()
export class CertificateRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The same certificate told again is the same; of two tellings the later one holds. No two rows may be the same one. */
  async put(tx: Transaction, certificates: readonly NewCertificate[], telling: Telling): Promise<void> {
    await tx.query(
      `INSERT INTO certificates AS c (provider, game, version, market, certificate, laboratory, digest, rtp,
                                      valid_from, valid_to, told_at, actor, reason)
       SELECT provider, game, version, market, certificate, laboratory, digest, rtp, "validFrom", "validTo", $2, $3, $4
         FROM jsonb_to_recordset($1::jsonb) AS n(provider text, game text, version text, market text,
           certificate text, laboratory text, digest text, rtp float8, "validFrom" timestamptz, "validTo" timestamptz)
        -- In one order, so that two imports never wait for each other.
        ORDER BY provider COLLATE "C", game COLLATE "C", version COLLATE "C", market COLLATE "C",
                 certificate COLLATE "C"
       ON CONFLICT (provider, game, version, market, certificate) DO UPDATE
         SET laboratory = excluded.laboratory, digest = excluded.digest, rtp = excluded.rtp,
             valid_from = excluded.valid_from, valid_to = excluded.valid_to, told_at = excluded.told_at,
             actor = excluded.actor, reason = excluded.reason,
             withdrawn_at = CASE WHEN $5 THEN NULL ELSE c.withdrawn_at END,
             withdrawn_by = CASE WHEN $5 THEN NULL ELSE c.withdrawn_by END,
             withdrawn_reason = CASE WHEN $5 THEN NULL ELSE c.withdrawn_reason END,
             warned_at = CASE WHEN c.valid_to IS DISTINCT FROM excluded.valid_to THEN NULL ELSE c.warned_at END
       WHERE $5 OR c.told_at < excluded.told_at`,
      [JSON.stringify(certificates), telling.toldAt, telling.actor, telling.reason, telling.reinstates],
    );
  }

  /** Null when there is none, or it was withdrawn before. */
  async withdraw(
    tx: Transaction,
    id: string,
    { author, reason, at }: { author: string; reason: string; at: Date },
  ): Promise<CertificateRecord | null> {
    const [[withdrawn]] = await tx.query<[CertificateRecord[], number]>(
      `UPDATE certificates SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4
        WHERE id = $1 AND withdrawn_at IS NULL RETURNING ${COLUMNS}`,
      [id, at, author, reason],
    );
    return withdrawn ?? null;
  }

  async find(id: string): Promise<CertificateRecord | null> {
    const [found] = await this.dataSource.query<CertificateRecord[]>(
      `SELECT ${COLUMNS} FROM certificates WHERE id = $1`,
      [id],
    );
    return found ?? null;
  }

  /** The oldest first. */
  list(
    { provider, game, version, market }: CertificateQuery,
    after: string | null,
    limit: number,
  ): Promise<CertificateRecord[]> {
    return this.dataSource.query<CertificateRecord[]>(
      `SELECT ${COLUMNS} FROM certificates
        WHERE id > $1 AND ($2::text IS NULL OR provider = $2) AND ($3::text IS NULL OR game = $3)
          AND ($4::text IS NULL OR version = $4) AND ($5::text IS NULL OR market = $5)
        ORDER BY id LIMIT $6`,
      [after ?? '0', provider ?? null, game ?? null, version ?? null, market ?? null, limit],
    );
  }

  /** In force at `now` and not any more after `until`, the next to end first. */
  ending(
    { provider, game, version, market }: CertificateQuery,
    { now, until }: { now: Date; until: Date },
    after: { validTo: string; id: string } | null,
    limit: number,
  ): Promise<CertificateRecord[]> {
    return this.dataSource.query<CertificateRecord[]>(
      `SELECT ${COLUMNS} FROM certificates
        WHERE valid_to > $1 AND valid_to <= $2 AND withdrawn_at IS NULL AND valid_from <= $1
          AND ($3::text IS NULL OR provider = $3) AND ($4::text IS NULL OR game = $4)
          AND ($5::text IS NULL OR version = $5) AND ($6::text IS NULL OR market = $6)
          AND (valid_to, id) > ($7, $8)
        ORDER BY valid_to, id LIMIT $9`,
      [
        now,
        until,
        provider ?? null,
        game ?? null,
        version ?? null,
        market ?? null,
        after?.validTo ?? now,
        after?.id ?? '0',
        limit,
      ],
    );
  }
}
