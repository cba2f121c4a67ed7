import { Injectable } from '@nestjs/common';
import { queryPreparedIn, type Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { GameVersion } from '../versions/version-repository';
import { referenceOf, type AnnouncedArtifact, type AnnouncedSource } from './announced-artifact';
import type { FetchedArtifact } from './artifact-fetcher';
import type { Part, Referrer, RepositoryKind } from './repositories/artifact-repository';

/** How a look at the source of a registered version ended. */
export type RecheckOutcome = 'same' | 'republished' | 'gone';

/** Where a registered version was fetched from, and what was found there. */
export interface ArtifactRecord extends GameVersion {
  readonly repository: RepositoryKind;
  /** As it was announced. */
  readonly reference: string;
  readonly pinned: string;
  readonly digest: string | null;
  /** Of the version: SHA-256 of its manifest. */
  readonly manifestDigest: string;
  readonly bytesFetched: number;
  readonly servedByOrigin: boolean;
  readonly signedBy: string | null;
  readonly parts: readonly Part[];
  readonly referrers: readonly Referrer[];
  readonly source: AnnouncedSource;
  readonly fetchedAt: Date;
  readonly checkedAt: Date;
  readonly checkOutcome: RecheckOutcome | null;
}

const COLUMNS = `a.provider, a.game, a.version, a.repository, a.reference, a.pinned, a.digest,
  v.digest AS "manifestDigest", a.bytes_fetched::float8 AS "bytesFetched", a.served_by_origin AS "servedByOrigin",
  a.signed_by AS "signedBy", a.parts, a.referrers, a.source, a.fetched_at AS "fetchedAt",
  a.checked_at AS "checkedAt", a.check_outcome AS "checkOutcome"`;
const JOINED = 'artifacts a JOIN versions v USING (provider, game, version)';

@Injectable()
export class ArtifactRecords {
  constructor(private readonly dataSource: DataSource) {}

  /** Of a version that is stored in the same transaction. */
  async add(tx: Transaction, announced: AnnouncedArtifact, fetched: FetchedArtifact): Promise<void> {
    const { provider, game, version, source } = announced;
    const { located, bytesFetched, signedBy } = fetched;
    await queryPreparedIn(
      tx,
      'add-artifact',
      `INSERT INTO artifacts (provider, game, version, repository, reference, pinned, digest, bytes_fetched,
                              served_by_origin, signed_by, parts, referrers, source)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        provider,
        game,
        version,
        located.repository,
        referenceOf(announced),
        located.pinned,
        located.digest,
        bytesFetched,
        located.servedByOrigin,
        signedBy,
        JSON.stringify(located.parts),
        JSON.stringify(located.referrers),
        JSON.stringify(source),
      ],
    );
  }

  async find({ provider, game, version }: GameVersion): Promise<ArtifactRecord | undefined> {
    const [row] = await this.dataSource.query<ArtifactRecord[]>(
      `SELECT ${COLUMNS} FROM ${JOINED} WHERE (a.provider, a.game, a.version) = ($1, $2, $3)`,
      [provider, game, version],
    );
    return row;
  }

  /**
   * Those in production whose source nobody has looked at since `before`, the longest ago first. They count as looked
   * at from now on, so that no other replica takes them too.
   */
  async takeDue(before: Date, limit: number): Promise<ArtifactRecord[]> {
    const [rows] = await this.dataSource.query<[ArtifactRecord[], number]>(
      `UPDATE artifacts a SET checked_at = now()
         FROM versions v
        WHERE (v.provider, v.game, v.version) = (a.provider, a.game, a.version)
          AND (a.provider, a.game, a.version) IN (
            SELECT d.provider, d.game, d.version FROM artifacts d JOIN versions w USING (provider, game, version)
             WHERE d.checked_at < $1 AND w.pool = 'production'
             ORDER BY d.checked_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [before, limit],
    );
    return rows;
  }

  async noteOutcome(
    tx: Transaction,
    { provider, game, version }: GameVersion,
    outcome: RecheckOutcome,
  ): Promise<void> {
    await tx.query(
      `UPDATE artifacts SET checked_at = now(), check_outcome = $4 WHERE (provider, game, version) = ($1, $2, $3)`,
      [provider, game, version, outcome],
    );
  }
}
