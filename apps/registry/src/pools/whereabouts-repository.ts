import { Injectable } from '@nestjs/common';
import type { DealtVersion, Pool, WhereQuery } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import type { GameVersion } from '../versions/version-repository';

export interface StayRecord extends GameVersion {
  readonly pool: Pool;
  readonly from: Date;
  readonly to: Date | null;
  readonly reason: string;
  readonly eventId: string;
}

export interface WhereaboutsRecord extends StayRecord {
  /** What the game was dealt by then; null before it was dealt. */
  readonly stableVersion: string | null;
  readonly canaryVersion: string | null;
  readonly canaryPercent: number | null;
  /** By market; null where that was not told. */
  readonly dealt: readonly DealtVersion[] | null;
}

const STAY = `s.provider, s.game, s.version, s.pool, s.from_at AS "from", s.to_at AS "to", s.reason,
  s.event_id AS "eventId"`;

@Injectable()
export class WhereaboutsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What was where at a moment, by provider, game and version. */
  at(
    { provider, game, pool, market }: WhereQuery,
    moment: Date,
    after: GameVersion | null,
    limit: number,
  ): Promise<WhereaboutsRecord[]> {
    return this.dataSource.query<WhereaboutsRecord[]>(
      `SELECT ${STAY}, t.stable_version AS "stableVersion", t.canary_version AS "canaryVersion",
              t.weight_percent AS "canaryPercent", t.dealt
         FROM pool_stays s
         LEFT JOIN LATERAL (
           SELECT * FROM traffic t WHERE (t.provider, t.game) = (s.provider, s.game) AND t.from_at <= $1
            ORDER BY t.from_at DESC, t.routing_version DESC LIMIT 1
         ) t ON true
        WHERE s.from_at <= $1 AND coalesce(s.to_at, 'infinity'::timestamptz) > $1
          AND ($2::text IS NULL OR s.provider = $2) AND ($3::text IS NULL OR s.game = $3)
          AND ($4::text IS NULL OR s.pool = $4)
          AND (s.provider, s.game, s.version) > ($5, $6, $7)
          AND ($8::text IS NULL OR EXISTS (
            SELECT FROM jsonb_array_elements(t.dealt) AS d
             WHERE d->>'version' = s.version AND jsonb_exists(d->'markets', $8)))
        ORDER BY s.provider, s.game, s.version LIMIT $9`,
      [
        moment,
        provider ?? null,
        game ?? null,
        pool ?? null,
        after?.provider ?? '',
        after?.game ?? '',
        after?.version ?? '',
        market ?? null,
        limit,
      ],
    );
  }

  /** Where one version has been, the latest first. */
  of({ provider, game, version }: GameVersion, before: Date | null, limit: number): Promise<StayRecord[]> {
    return this.dataSource.query<StayRecord[]>(
      `SELECT ${STAY} FROM pool_stays s
        WHERE (s.provider, s.game, s.version) = ($1, $2, $3) AND ($4::timestamptz IS NULL OR s.from_at < $4)
        ORDER BY s.from_at DESC LIMIT $5`,
      [provider, game, version, before, limit],
    );
  }
}
