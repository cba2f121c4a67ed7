import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { ReleasePlan } from '@croupier/rollout';
import { DataSource } from 'typeorm';
import type { Account, Counted } from './running-totals';

/** Of each version, how far it is counted; null before its first totals. */
export interface Accounts {
  readonly canary: Account | null;
  readonly stable: Account | null;
}

/** A metric to be looked at, as it was claimed. */
export interface DueMetric {
  readonly releaseId: ReleaseId;
  readonly metric: string;
  /** Rises with every look that is stored. */
  readonly sequence: number;
  readonly accounts: Accounts;
  /** What was last told to be wrong with it. */
  readonly told: string | null;
  /** When it was claimed this time, and when it had been for the look before; null before the first. ISO 8601. */
  readonly claimedAt: string;
  readonly countedFrom: string | null;
  readonly plan: ReleasePlan;
}

/** What has come of a claim. */
export interface Look extends Omit<DueMetric, 'plan'> {
  readonly canary: Counted;
  readonly stable: Counted;
}

interface DueRow extends Omit<DueMetric, 'sequence'> {
  readonly sequence: string;
}

/** No webhook has this name by accident. */
const SOURCE = 'croupier/prometheus';
const IN_TRAFFIC = `('progressing', 'paused')`;
/** With a flag, what is stable is judged from the moment the flag is set. */
const HAS_BEGUN = `(state #>> '{plan,strategy}' IS DISTINCT FROM 'flag' OR jsonb_typeof(state -> 'flagsSetAt') = 'object')`;

/**
 * How far the totals of each metric are counted. Nothing is locked while Prometheus is asked: a claim keeps other
 * replicas from asking the same, and `sequence` lets one look at a time be stored, in the order of their answers.
 */
@Injectable()
export class TotalsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes in what has changed at or after the cursor, with null all: adds the metrics of releases that are judged by
   * now, and forgets those of releases that are finished. Answers the next cursor.
   */
  async follow(cursor: string | null): Promise<string> {
    const [row] = await this.dataSource.query<{ cursor: string }[]>(
      `WITH changed AS (
         SELECT id, finished, ${HAS_BEGUN} AS has_begun, state #> '{plan,analysis,metrics}' AS metrics
         FROM releases r
         WHERE (finished OR status IN ${IN_TRAFFIC}) AND CASE WHEN $1::text IS NULL
           THEN NOT finished OR EXISTS (SELECT FROM metric_totals t WHERE t.release_id = r.id)
           ELSE changed_by >= $1::text::xid8 END
       ), gone AS (
         DELETE FROM metric_totals WHERE (release_id, metric) IN (
           SELECT t.release_id, t.metric FROM metric_totals t JOIN changed c ON c.id = t.release_id
           WHERE c.finished FOR UPDATE OF t SKIP LOCKED)
       ), found AS (
         INSERT INTO metric_totals (release_id, metric)
         SELECT c.id, m ->> 'name' FROM changed c CROSS JOIN jsonb_array_elements(c.metrics) m
         WHERE NOT c.finished AND c.has_begun AND m #>> '{source,kind}' = 'prometheus' ORDER BY 1, 2
         ON CONFLICT DO NOTHING
       )
       SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS cursor`,
      [cursor],
    );
    if (!row) throw new Error('A query without rows');
    return row.cursor;
  }

  /** Those that have waited longest for a look; nobody else gets them before the time is over or they are stored. */
  async claim(limit: number, forMs: number): Promise<readonly DueMetric[]> {
    const [rows] = await this.dataSource.query<[DueRow[], number]>(
      `WITH due AS (
         SELECT t.release_id, t.metric FROM metric_totals t JOIN releases r ON r.id = t.release_id
         WHERE t.due_at <= now() AND r.status IN ${IN_TRAFFIC}
         ORDER BY t.due_at LIMIT $1 FOR UPDATE OF t SKIP LOCKED
       )
       UPDATE metric_totals t SET due_at = now() + make_interval(secs => $2)
       FROM due JOIN releases r ON r.id = due.release_id
       WHERE t.release_id = due.release_id AND t.metric = due.metric
       RETURNING t.release_id AS "releaseId", t.metric, t.sequence, t.accounts, t.told, now()::text AS "claimedAt",
         t.counted_until::text AS "countedFrom", r.state -> 'plan' AS plan`,
      [limit, forMs / 1000],
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
  }

  /**
   * Stores accounts and what is counted by them in one statement, so both or neither. A look that another one has
   * overtaken is left out: the next one finds what it has seen. Answers how many observations are new.
   */
  async store(looks: readonly Look[], nextInMs: number): Promise<number> {
    if (looks.length === 0) return 0;
    const stored = await this.dataSource.query<unknown[]>(
      `WITH looks AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS l("releaseId" uuid, metric text, sequence bigint,
           accounts jsonb, told text, "claimedAt" timestamptz, "countedFrom" timestamptz, canary jsonb, stable jsonb)
       ), counted AS (
         UPDATE metric_totals t SET sequence = t.sequence + 1, accounts = l.accounts, told = l.told,
           counted_until = l."claimedAt", due_at = now() + make_interval(secs => $2)
         FROM looks l
         WHERE t.release_id = l."releaseId" AND t.metric = l.metric AND t.sequence = l.sequence
         RETURNING t.release_id, t.metric, t.sequence, coalesce(l."countedFrom", l."claimedAt") AS started_at,
           l.canary, l.stable
       )
       INSERT INTO metric_observations
         (release_id, metric, source, sequence, started_at, trials, failures, stable_trials, stable_failures)
       SELECT release_id, metric, '${SOURCE}', sequence, started_at, (canary ->> 'trials')::bigint,
         (canary ->> 'failures')::bigint, (stable ->> 'trials')::bigint, (stable ->> 'failures')::bigint
       FROM counted WHERE (canary ->> 'trials')::bigint > 0 OR (stable ->> 'trials')::bigint > 0
       ORDER BY release_id, metric RETURNING release_id`,
      [JSON.stringify(looks), nextInMs / 1000],
    );
    return stored.length;
  }
}
