import { Injectable } from '@nestjs/common';
import type {
  Channel,
  Device,
  GameManifest,
  ManifestFile,
  Pool,
  Requirement,
  SubjectKind,
  VersionFilter,
} from '@croupier/contracts';
import { queryPrepared, queryPreparedIn, type Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { conditionsOf } from '../catalog/conditions';
import { factsOf } from './manifest-facts';
import { precedenceKey } from './precedence';
import { idOf } from './version-id';

export interface Game {
  readonly provider: string;
  readonly game: string;
}

export interface GameVersion extends Game {
  readonly version: string;
}

export interface VersionRecord extends GameVersion {
  readonly originalVersion: string | null;
  readonly kind: SubjectKind;
  readonly title: string | null;
  readonly channel: Channel;
  readonly digest: string;
  readonly manifestUrl: string;
  readonly markets: readonly string[];
  readonly clearedMarkets: readonly string[];
  readonly clearanceRevision: number;
  readonly rtpVariants: readonly number[];
  readonly currencies: readonly string[];
  readonly languages: readonly string[];
  readonly devices: readonly Device[];
  readonly pool: Pool;
  readonly announcedAt: Date;
  readonly registeredAt: Date;
}

export interface VersionDescription extends VersionRecord {
  readonly releaseNotes: string;
  readonly requires: Requirement[];
}

export interface NewVersion {
  readonly manifest: GameManifest;
  /** As fetched: its SHA-256 is the digest. */
  readonly manifestText: string;
  readonly manifestUrl: string;
  readonly digest: string;
  readonly announcedAt: string;
}

const COLUMNS = `provider, game, version, original_version AS "originalVersion", kind, title, channel, digest,
  manifest_url AS "manifestUrl", markets, cleared_markets AS "clearedMarkets",
  clearance_revision AS "clearanceRevision", rtp_variants AS "rtpVariants", currencies, languages, devices, pool,
  announced_at AS "announcedAt", registered_at AS "registeredAt"`;

type AsJson<Record extends VersionRecord> = Omit<Record, 'announcedAt' | 'registeredAt'> & {
  readonly announcedAt: string;
  readonly registeredAt: string;
};

@Injectable()
export class VersionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Never overwrites: answers the digest that the version already has, or null when it is stored now. */
  async add(tx: Transaction, added: NewVersion): Promise<string | null> {
    const { provider, game, version, markets, files, requires } = added.manifest;
    const facts = factsOf(added.manifest);
    const stored = await queryPreparedIn(
      tx,
      'add-version',
      `INSERT INTO versions (provider, game, version, precedence, digest, manifest_url, manifest, markets, pool,
                             announced_at, kind, title, channel, original_version, rtp_variants, currencies,
                             languages, devices, release_notes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'candidate', $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
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
        facts.kind,
        facts.title,
        facts.channel,
        facts.originalVersion,
        facts.rtpVariants,
        facts.currencies,
        facts.languages,
        facts.devices,
        facts.releaseNotes,
      ],
    );
    if (stored.length === 0) return this.digestOf(added.manifest, tx);
    await queryPreparedIn(
      tx,
      'add-version-files',
      `INSERT INTO version_files (provider, game, version, path, size_bytes, sha256)
       SELECT $1, $2, $3, path, "sizeBytes", sha256
         FROM jsonb_to_recordset($4::jsonb) AS file (path text, "sizeBytes" bigint, sha256 text)`,
      [provider, game, version, JSON.stringify(files)],
    );
    if (requires.length > 0)
      await tx.query(
        `INSERT INTO version_requirements (provider, game, version, subject, range)
         SELECT $1, $2, $3, subject, range FROM jsonb_to_recordset($4::jsonb) AS r (subject text, range text)`,
        [provider, game, version, JSON.stringify(requires)],
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

  /** Which of the versions are registered, by their ids. */
  async registered(tx: Transaction, versions: readonly GameVersion[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<GameVersion[]>(
      `SELECT provider, game, version FROM versions
        WHERE (provider, game, version) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
      [
        versions.map(({ provider }) => provider),
        versions.map(({ game }) => game),
        versions.map(({ version }) => version),
      ],
    );
    return new Set(rows.map(idOf));
  }

  async find({ provider, game, version }: GameVersion): Promise<VersionDescription | undefined> {
    const [found] = await this.records<VersionDescription>(
      `SELECT ${COLUMNS}, release_notes AS "releaseNotes",
              (SELECT coalesce(json_agg(json_build_object('subject', subject, 'range', range) ORDER BY subject), '[]')
                 FROM version_requirements r
                WHERE (r.provider, r.game, r.version) = (v.provider, v.game, v.version)) AS requires
         FROM versions v WHERE (provider, game, version) = ($1, $2, $3)`,
      [provider, game, version],
    );
    return found;
  }

  /** Highest precedence first, beginning below `before`. Build metadata breaks ties, only to page by. */
  list(
    { provider, game }: Game,
    before: string | undefined,
    channel: Channel | undefined,
    limit: number,
  ): Promise<VersionRecord[]> {
    return this.records(
      `SELECT ${COLUMNS} FROM versions
        WHERE (provider, game) = ($1, $2) AND ($3::text IS NULL OR (precedence, version) < ($3, $4))
          AND ($6::text IS NULL OR channel = $6)
        ORDER BY precedence DESC, version DESC LIMIT $5`,
      [
        provider,
        game,
        before === undefined ? null : precedenceKey(before),
        before ?? null,
        limit,
        channel ?? null,
      ],
      'list-versions',
    );
  }

  /** Of all games, by provider and game, the oldest first within one. */
  search(filter: VersionFilter, after: GameVersion | null, limit: number): Promise<VersionRecord[]> {
    const { sql, parameters } = conditionsOf(filter);
    const { game, pool, clearedIn, requires, originalVersion } = filter;
    const where = [...sql];
    const given = (value: unknown): string => `$${parameters.push(value)}`;
    if (game !== undefined) where.push(`game = ${given(game)}`);
    if (pool !== undefined) where.push(`pool = ${given(pool)}`);
    if (clearedIn !== undefined) where.push(`cleared_markets @> ARRAY[${given(clearedIn)}]::text[]`);
    if (originalVersion !== undefined) where.push(`original_version = ${given(originalVersion)}`);
    if (requires !== undefined)
      where.push(`EXISTS (SELECT FROM version_requirements r WHERE r.subject = ${given(requires)}
        AND (r.provider, r.game, r.version) = (v.provider, v.game, v.version))`);
    if (after !== null)
      where.push(
        `(provider, game, precedence, version) >
         (${given(after.provider)}, ${given(after.game)}, ${given(precedenceKey(after.version))}, ${given(after.version)})`,
      );
    return this.records(
      `SELECT ${COLUMNS} FROM versions v ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
        ORDER BY provider, game, precedence, version LIMIT ${given(limit)}`,
      parameters,
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

  /**
   * As one text of JSON, which is read many times faster than rows with PostgreSQL's text of arrays.
   *
   * @param name of a statement whose text is always the same: it is planned once
   */
  private async records<Record extends VersionRecord>(
    sql: string,
    parameters: unknown[],
    name?: string,
  ): Promise<Record[]> {
    type Row = { records: AsJson<Record>[] };
    const text = `SELECT coalesce(json_agg(found), '[]') AS records FROM (${sql}) AS found`;
    const [all] =
      name === undefined
        ? await this.dataSource.query<Row[]>(text, parameters)
        : await queryPrepared<Row>(this.dataSource, name, text, parameters);
    return (all?.records ?? []).map((record) => ({
      ...record,
      announcedAt: new Date(record.announcedAt),
      registeredAt: new Date(record.registeredAt),
    })) as unknown as Record[];
  }
}
