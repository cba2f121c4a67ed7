import { Injectable } from '@nestjs/common';
import type { ArtifactRegistered, GameManifest } from '@croupier/contracts';
import { DataSource, type EntityManager } from 'typeorm';

interface ArtifactRow {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  readonly manifest_url: string;
  readonly manifest: GameManifest;
}

/** What the registry has registered: all that can be released. */
@Injectable()
export class ArtifactRepository {
  constructor(private readonly dataSource: DataSource) {}

  async keep(tx: EntityManager, artifact: ArtifactRegistered): Promise<void> {
    const { provider, game, version, digest, manifestUrl, manifest } = artifact;
    await tx.query(
      `INSERT INTO artifacts (provider, game, version, digest, manifest_url, manifest)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [provider, game, version, digest, manifestUrl, JSON.stringify(manifest)],
    );
  }

  async find(provider: string, game: string, version: string): Promise<ArtifactRegistered | null> {
    const rows = await this.dataSource.query<ArtifactRow[]>(
      'SELECT * FROM artifacts WHERE provider = $1 AND game = $2 AND version = $3',
      [provider, game, version],
    );
    const row = rows[0];
    if (!row) return null;
    const { digest, manifest_url: manifestUrl, manifest } = row;
    return { provider, game, version, digest, manifestUrl, manifest };
  }
}
