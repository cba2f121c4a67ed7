import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Game } from '../versions/version-repository';

export interface CatalogEntry extends Game {
  /** Highest SemVer precedence, never the last to arrive. */
  readonly latestVersion: string;
  readonly productionVersion: string | null;
  readonly versionCount: number;
}

@Injectable()
export class CatalogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By provider and game, beginning after `after`. */
  list(after: Game | undefined, limit: number): Promise<CatalogEntry[]> {
    return this.dataSource.query<CatalogEntry[]>(
      `SELECT provider, game,
              (array_agg(version ORDER BY precedence DESC, version DESC))[1] AS "latestVersion",
              max(version) FILTER (WHERE pool = 'production') AS "productionVersion",
              count(*)::int AS "versionCount"
         FROM versions WHERE (provider, game) > ($1, $2)
        GROUP BY provider, game ORDER BY provider, game LIMIT $3`,
      [after?.provider ?? '', after?.game ?? '', limit],
    );
  }
}
