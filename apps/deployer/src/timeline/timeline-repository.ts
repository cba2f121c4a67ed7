import { Injectable } from '@nestjs/common';
import type { ReleaseId, TimelineEntry } from '@croupier/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { chainHash, firstBreak } from './hash-chain';

/** One entry before it has its place in the chain. `at` is epoch milliseconds. */
export interface NewEntry {
  readonly type: string;
  readonly at: number;
  readonly actor: string;
  readonly summary: string;
  readonly data: unknown;
}

export interface TimelineHead {
  readonly id: ReleaseId;
  readonly revision: number;
  readonly lastHash: string;
}

interface EntryRow {
  readonly sequence: number;
  readonly type: string;
  readonly at: Date;
  readonly actor: string;
  readonly summary: string;
  readonly data: unknown;
  readonly previous_hash: string;
  readonly hash: string;
}

/** The append-only timeline of each release. The caller holds the release's row lock. */
@Injectable()
export class TimelineRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Appends in order and answers the new head. One insert for all. */
  async append(tx: EntityManager, head: TimelineHead, entries: readonly NewEntry[]): Promise<TimelineHead> {
    let { revision, lastHash } = head;
    const rows = entries.map((entry) => {
      revision += 1;
      const previousHash = lastHash;
      lastHash = chainHash(previousHash, { releaseId: head.id, sequence: revision, ...entry });
      return { ...entry, at: new Date(entry.at), sequence: revision, previousHash, hash: lastHash };
    });
    await tx.query(
      `INSERT INTO rollout_events (release_id, sequence, type, at, actor, summary, data, previous_hash, hash)
       SELECT $1, e.sequence, e.type, e.at, e.actor, e.summary, e.data, e."previousHash", e.hash
       FROM jsonb_to_recordset($2::jsonb) AS e(sequence integer, type text, at timestamptz, actor text, summary text,
         data jsonb, "previousHash" text, hash text)`,
      [head.id, JSON.stringify(rows)],
    );
    return { id: head.id, revision, lastHash };
  }

  async entries(releaseId: ReleaseId, after: number, limit: number): Promise<TimelineEntry[]> {
    const rows = await this.dataSource.query<EntryRow[]>(
      `SELECT * FROM rollout_events WHERE release_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [releaseId, after, limit],
    );
    return rows.map(({ previous_hash, at, ...row }) => ({
      sequence: row.sequence,
      type: row.type,
      at: at.toISOString(),
      actor: row.actor,
      summary: row.summary,
      data: row.data,
      previousHash: previous_hash,
      hash: row.hash,
    }));
  }

  /** The sequence at which the chain breaks, or null when it verifies. */
  async verify(releaseId: ReleaseId): Promise<number | null> {
    const entries = await this.entries(releaseId, 0, Number.MAX_SAFE_INTEGER);
    return firstBreak(entries.map((entry) => ({ ...entry, releaseId, at: Date.parse(entry.at) })));
  }
}
