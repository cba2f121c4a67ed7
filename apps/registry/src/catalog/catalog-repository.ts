import { Injectable } from '@nestjs/common';
import type { CatalogFilter, Channel, Pool, SubjectKind } from '@croupier/contracts';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
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

export interface CatalogDetail extends CatalogEntry {
  readonly latestByChannel: Partial<Record<Channel, string>>;
  /** Highest precedence first. */
  readonly versionsByPool: Partial<Record<Pool, string[]>>;
  /** Of the latest version. */
  readonly markets: string[];
  /** The highest version that is cleared, by market. */
  readonly clearedByMarket: Record<string, string>;
}

const VERSIONS_PER_POOL = 100;

const ENTRY = `provider, game, kind, title, latest_version AS "latestVersion",
  production_version AS "productionVersion", version_count AS "versionCount"`;
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
      `SELECT ${ENTRY} FROM games WHERE ${where.join(' AND ')} ORDER BY provider, game LIMIT ${given(limit)}`,
      parameters,
    );
  }

  async find({ provider, game }: Game): Promise<CatalogDetail | undefined> {
    const [found] = await this.dataSource.query<CatalogDetail[]>(
      `WITH own AS (SELECT version, precedence, channel, pool, cleared_markets FROM versions
                     WHERE (provider, game) = ($1, $2)),
            ranked AS (SELECT version, precedence, pool,
                              row_number() OVER (PARTITION BY pool ORDER BY precedence DESC, version DESC) AS rank
                         FROM own)
       SELECT ${ENTRY}, to_json(markets) AS markets,
              (SELECT json_object_agg(channel, version)
                 FROM (SELECT DISTINCT ON (channel) channel, version FROM own
                        ORDER BY channel, precedence DESC, version DESC) latest) AS "latestByChannel",
              (SELECT json_object_agg(pool, versions)
                 FROM (SELECT pool, json_agg(version ORDER BY rank) AS versions FROM ranked
                        WHERE rank <= $3 GROUP BY pool) pools) AS "versionsByPool",
              (SELECT coalesce(json_object_agg(market, version), '{}')
                 FROM (SELECT DISTINCT ON (market) market, version
                         FROM own CROSS JOIN LATERAL unnest(cleared_markets) AS market
                        ORDER BY market, precedence DESC, version DESC) cleared) AS "clearedByMarket"
         FROM games WHERE (provider, game) = ($1, $2)`,
      [provider, game, VERSIONS_PER_POOL],
    );
    return found;
  }

  /** Counts a version that this transaction has stored, and takes its facts over where it is the latest. */
  async count(tx: Transaction, { provider, game, version }: GameVersion): Promise<void> {
    const latest = `CASE WHEN (games.latest_precedence, games.latest_version)
      < (excluded.latest_precedence, excluded.latest_version) THEN excluded ELSE games END`;
    await queryPreparedIn(
      tx,
      'count-version',
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
