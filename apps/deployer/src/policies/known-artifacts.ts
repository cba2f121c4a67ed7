import { Injectable } from '@nestjs/common';
import type { GameManifest } from '@croupier/contracts';
import { DataSource } from 'typeorm';

/** What the deployer knows of a subject without asking anybody. */
@Injectable()
export class KnownArtifacts {
  constructor(private readonly dataSource: DataSource) {}

  async stableVersion(provider: string, game: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ stable_version: string | null }[]>(
      'SELECT stable_version FROM subjects WHERE provider = $1 AND game = $2',
      [provider, game],
    );
    return row?.stable_version ?? null;
  }

  /** The version's manifest, or else that of the subject's version that was registered last. */
  async nearestManifest(
    provider: string,
    game: string,
    version: string,
  ): Promise<Pick<GameManifest, 'version' | 'markets' | 'flags' | 'requires'> | null> {
    const [row] = await this.dataSource.query<{ manifest: GameManifest }[]>(
      `SELECT manifest FROM artifacts WHERE provider = $1 AND game = $2
       ORDER BY version = $3 DESC, registered_at DESC LIMIT 1`,
      [provider, game, version],
    );
    return row?.manifest ?? null;
  }
}
