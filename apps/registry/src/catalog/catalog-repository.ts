import { Injectable } from '@nestjs/common';
import type { CatalogFilter, SubjectKind } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { Game, GameVersion } from '../versions/version-repository';
import { conditionsOf } from './conditions';

export interface CatalogEntry extends Game {
  readonly kind: SubjectKind;
  readonly title: string | null;
  /** Highest SemVer precedence, never the last to arrive. */
  readonly latestVersion: string;
  readonly productionVersion: string | null;
  readonly versionCount: number;
}

const FACTS = 'kind, title, channel, markets, currencies, languages, devices, search';

@Injectable()
export class CatalogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By provider and game, beginning after `after`. The filter is for the latest version of each. */
  list(filter: CatalogFilter, after: Game | undefined, limit: number): Promise<CatalogEntry[]> {
    const { sql, parameters } = conditionsOf(filter);
    const given = (value: unknown): string => `$${parameters.push(value)}`;
    const where = [
      ...sql,
      `(provider, game) > (${given(after?.provider ?? '')}, ${given(after?.game ?? '')})`,
    ];
    return this.dataSource.query<CatalogEntry[]>(
      `SELECT provider, game, kind, title, latest_version AS "latestVersion",
              production_version AS "productionVersion", version_count AS "versionCount"
         FROM games WHERE ${where.join(' AND ')} ORDER BY provider, game LIMIT ${given(limit)}`,
      parameters,
    );
  }

  /** Counts a version that this transaction has stored, and takes its facts over where it is the latest. */
  async count(tx: Transaction, { provider, game, version }: GameVersion): Promise<void> {
    const identity = [provider, game, version];
    await tx.query(
      `INSERT INTO games (provider, game, latest_version, latest_precedence, version_count, ${FACTS})
       SELECT provider, game, version, precedence, 1, ${FACTS}
         FROM versions WHERE (provider, game, version) = ($1, $2, $3)
       ON CONFLICT (provider, game) DO UPDATE SET version_count = games.version_count + 1`,
      identity,
    );
    const facts = FACTS.split(', ')
      .map((fact) => `${fact} = v.${fact}`)
      .join(', ');
    await tx.query(
      `UPDATE games g SET latest_version = v.version, latest_precedence = v.precedence, ${facts}
         FROM versions v
        WHERE (v.provider, v.game, v.version) = ($1, $2, $3) AND (g.provider, g.game) = ($1, $2)
          AND (g.latest_precedence, g.latest_version) < (v.precedence, v.version)`,
      identity,
    );
  }
}
