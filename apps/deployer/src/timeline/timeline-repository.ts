import { Injectable } from '@nestjs/common';
import type { MetricEvidence, ReleaseId, TimelineEntry } from '@croupier/contracts';
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

export interface Appended {
  readonly head: TimelineHead;
  readonly rows: readonly object[];
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

/** Who has missed more of a feed reads the lists instead. */
const MOST_MISSED = 1_000;

/** The append-only timeline of each release. The caller holds the releases' row locks. */
@Injectable()
export class TimelineRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Chains the entries behind the head. */
  chain(head: TimelineHead, entries: readonly NewEntry[]): Appended {
    let { revision, lastHash } = head;
    const rows = entries.map((entry) => {
      revision += 1;
      const previousHash = lastHash;
      lastHash = chainHash(previousHash, { releaseId: head.id, sequence: revision, ...entry });
      return {
        ...entry,
        releaseId: head.id,
        at: new Date(entry.at),
        sequence: revision,
        previousHash,
        hash: lastHash,
      };
    });
    return { head: { id: head.id, revision, lastHash }, rows };
  }

  /** Stores chained entries of any number of releases in one insert. */
  async store(tx: EntityManager, appended: readonly Appended[]): Promise<void> {
    const rows = appended.flatMap((each) => each.rows);
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO rollout_events (release_id, sequence, type, at, actor, summary, data, previous_hash, hash)
       SELECT e."releaseId", e.sequence, e.type, e.at, e.actor, e.summary, e.data, e."previousHash", e.hash
       FROM jsonb_to_recordset($1::jsonb) AS e("releaseId" uuid, sequence integer, type text, at timestamptz, actor text,
         summary text, data jsonb, "previousHash" text, hash text)`,
      [JSON.stringify(rows)],
    );
  }

  async entries(releaseId: ReleaseId, after: number, limit: number): Promise<TimelineEntry[]> {
    const rows = await this.dataSource.query<EntryRow[]>(
      `SELECT * FROM rollout_events WHERE release_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [releaseId, after, limit],
    );
    return rows.map(entryOf);
  }

  /** The last decision that was told with evidence. */
  async lastWithEvidence(
    releaseId: ReleaseId,
  ): Promise<{ readonly at: Date; readonly evidence: readonly MetricEvidence[] } | null> {
    const rows = await this.dataSource.query<{ at: Date; evidence: MetricEvidence[] }[]>(
      `SELECT at, data -> 'evidence' AS evidence FROM rollout_events
       WHERE release_id = $1 AND jsonb_typeof(data -> 'evidence') = 'array' AND data -> 'evidence' <> '[]'
       ORDER BY sequence DESC LIMIT 1`,
      [releaseId],
    );
    return rows[0] ?? null;
  }

  /** What was recorded at or after the cursor, of all releases; may repeat. With null, only where to begin. */
  async recordedSince(
    cursor: string | null,
  ): Promise<{ cursor: string; entries: (TimelineEntry & { releaseId: ReleaseId })[] }> {
    const rows = await this.dataSource.query<
      (Partial<EntryRow> & { cursor: string; release_id: ReleaseId })[]
    >(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS cursor, e.*
       FROM (SELECT 1) AS one
       LEFT JOIN rollout_events e ON $1::text IS NOT NULL AND e.recorded_by >= $1::text::xid8
       ORDER BY e.release_id, e.sequence`,
      [cursor],
    );
    return {
      cursor: rows[0]?.cursor ?? '0',
      entries: rows.flatMap((row) => (isEntry(row) ? [{ ...entryOf(row), releaseId: row.release_id }] : [])),
    };
  }

  /** What was recorded from one cursor to another, or the last of it when that is too much; may repeat. */
  async recordedBetween(
    since: string,
    until: string,
  ): Promise<{ complete: boolean; entries: (TimelineEntry & { releaseId: ReleaseId })[] }> {
    const rows = await this.dataSource.query<(EntryRow & { release_id: ReleaseId })[]>(
      `SELECT * FROM (
         SELECT * FROM rollout_events WHERE recorded_by >= $1::xid8 AND recorded_by <= $2::xid8
         ORDER BY recorded_by DESC, sequence DESC LIMIT ${MOST_MISSED + 1}) e
       ORDER BY release_id, sequence`,
      [since, until],
    );
    return {
      complete: rows.length <= MOST_MISSED,
      entries: rows.map((row) => ({ ...entryOf(row), releaseId: row.release_id })),
    };
  }

  /** The sequence at which the chain breaks, or null when it verifies. */
  async verify(releaseId: ReleaseId): Promise<number | null> {
    const entries = await this.entries(releaseId, 0, Number.MAX_SAFE_INTEGER);
    return firstBreak(entries.map((entry) => ({ ...entry, releaseId, at: Date.parse(entry.at) })));
  }
}

function isEntry<Row extends Partial<EntryRow>>(row: Row): row is Row & EntryRow {
  return typeof row.sequence === 'number';
}

function entryOf({ previous_hash, at, ...row }: EntryRow): TimelineEntry {
  return {
    sequence: row.sequence,
    type: row.type,
    at: at.toISOString(),
    actor: row.actor,
    summary: row.summary,
    data: row.data,
    previousHash: previous_hash,
    hash: row.hash,
  };
}
