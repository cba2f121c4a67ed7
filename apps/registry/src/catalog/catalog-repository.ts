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

const OWN_FACTS = ['kind', 'title', 'channel', 'markets', 'currencies', 'languages', 'devices', 'search'];
/** Of the latest version. */
const FACTS = ['latest_version', 'latest_precedence', ...OWN_FACTS];

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
    const latest = `CASE WHEN (games.latest_precedence, games.latest_version)
      < (excluded.latest_precedence, excluded.latest_version) THEN excluded ELSE games END`;
    await tx.query(
      `INSERT INTO games (provider, game, version_count, ${FACTS.join(', ')})
       SELECT provider, game, 1, version, precedence, ${OWN_FACTS.join(', ')}
         FROM versions WHERE (provider, game, version) = ($1, $2, $3)
       ON CONFLICT (provider, game) DO UPDATE SET version_count = games.version_count + 1,
         (${FACTS.join(', ')}) = (SELECT ${FACTS.map((fact) => `latest.${fact}`).join(', ')}
                                    FROM (SELECT (${latest}).*) AS latest)`,
      [provider, game, version],
    );
  }
}
