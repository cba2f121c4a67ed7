import { Injectable } from '@nestjs/common';
import type { GameManifest, ManifestFile } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { Pool } from '../pools/pool';
import { precedenceKey } from './precedence';

export interface Game {
  readonly provider: string;
  readonly game: string;
}

export interface GameVersion extends Game {
  readonly version: string;
}

export interface VersionRecord extends GameVersion {
  readonly digest: string;
  readonly manifestUrl: string;
  readonly markets: readonly string[];
  readonly pool: Pool;
  readonly announcedAt: Date;
  readonly registeredAt: Date;
}

export interface NewVersion {
  readonly manifest: GameManifest;
  /** As fetched: its SHA-256 is the digest. */
  readonly manifestText: string;
  readonly manifestUrl: string;
  readonly digest: string;
  readonly announcedAt: string;
}

const COLUMNS = `provider, game, version, digest, manifest_url AS "manifestUrl", markets, pool,
  announced_at AS "announcedAt", registered_at AS "registeredAt"`;

@Injectable()
export class VersionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Never overwrites: answers the digest that the version already has, or null when it is stored now. */
  async add(tx: Transaction, added: NewVersion): Promise<string | null> {
    const { provider, game, version, markets, files } = added.manifest;
    const stored = await tx.query<unknown[]>(
      `INSERT INTO versions (provider, game, version, precedence, digest, manifest_url, manifest, markets, pool,
                             announced_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'candidate', $9)
       ON CONFLICT DO NOTHING RETURNING version`,
      [
        provider,
        game,
        version,
        precedenceKey(version),
        added.digest,
        added.manifestUrl,
        added.manifestText,
        markets,
        added.announcedAt,
      ],
    );
    if (stored.length === 0) return this.digestOf(added.manifest, tx);
    await tx.query(
      `INSERT INTO version_files (provider, game, version, path, size_bytes, sha256)
       SELECT $1, $2, $3, path, "sizeBytes", sha256
         FROM jsonb_to_recordset($4::jsonb) AS file (path text, "sizeBytes" bigint, sha256 text)`,
      [provider, game, version, JSON.stringify(files)],
    );
    return null;
  }

  async digestOf(
    { provider, game, version }: GameVersion,
    connection: Pick<DataSource, 'query'> | Transaction = this.dataSource,
  ): Promise<string | null> {
    const [row] = await connection.query<{ digest: string }[]>(
      'SELECT digest FROM versions WHERE (provider, game, version) = ($1, $2, $3)',
      [provider, game, version],
    );
    return row?.digest ?? null;
  }

  async find({ provider, game, version }: GameVersion): Promise<VersionRecord | undefined> {
    const [row] = await this.dataSource.query<VersionRecord[]>(
      `SELECT ${COLUMNS} FROM versions WHERE (provider, game, version) = ($1, $2, $3)`,
      [provider, game, version],
    );
    return row;
  }

  /** Highest precedence first, beginning below `before`. Build metadata breaks ties, only to page by. */
  list({ provider, game }: Game, before: string | undefined, limit: number): Promise<VersionRecord[]> {
    return this.dataSource.query<VersionRecord[]>(
      `SELECT ${COLUMNS} FROM versions
        WHERE (provider, game) = ($1, $2) AND ($3::text IS NULL OR (precedence, version) < ($3, $4))
        ORDER BY precedence DESC, version DESC LIMIT $5`,
      [provider, game, before === undefined ? null : precedenceKey(before), before ?? null, limit],
    );
  }

  files({ provider, game, version }: GameVersion): Promise<ManifestFile[]> {
    return this.dataSource.query<ManifestFile[]>(
      // An int8 arrives as text; a file's size is bounded far below what a float8 holds exactly.
      `SELECT path, size_bytes::float8 AS "sizeBytes", sha256 FROM version_files
        WHERE (provider, game, version) = ($1, $2, $3) ORDER BY path`,
      [provider, game, version],
    );
  }

  async manifestText({ provider, game, version }: GameVersion): Promise<string | undefined> {
    const [row] = await this.dataSource.query<{ manifest: string }[]>(
      'SELECT manifest FROM versions WHERE (provider, game, version) = ($1, $2, $3)',
      [provider, game, version],
    );
    return row?.manifest;
  }
}
