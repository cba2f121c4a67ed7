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

  /** Answers whether it is new. */
  async keep(tx: EntityManager, artifact: ArtifactRegistered): Promise<boolean> {
    const { provider, game, version, digest, manifestUrl, manifest } = artifact;
    const kept = await tx.query<unknown[]>(
      `INSERT INTO artifacts (provider, game, version, digest, manifest_url, manifest)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING version`,
      [provider, game, version, digest, manifestUrl, JSON.stringify(manifest)],
    );
    return kept.length > 0;
  }

  find(provider: string, game: string, version: string): Promise<ArtifactRegistered | null> {
    return this.findWithin(this.dataSource.manager, provider, game, version);
  }

  async findWithin(
    tx: EntityManager,
    provider: string,
    game: string,
    version: string,
  ): Promise<ArtifactRegistered | null> {
    const rows = await tx.query<ArtifactRow[]>(
      'SELECT * FROM artifacts WHERE provider = $1 AND game = $2 AND version = $3',
      [provider, game, version],
    );
    const row = rows[0];
    if (!row) return null;
    const { digest, manifest_url: manifestUrl, manifest } = row;
    return { provider, game, version, digest, manifestUrl, manifest };
  }
}
