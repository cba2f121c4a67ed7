import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { isBarrier, laneOf, type JobRecord, type NewJob, type TaskRecord } from './job';

interface JobRow extends Omit<JobRecord, 'entries'> {
  readonly entries: string;
}

interface TaskRow extends Omit<TaskRecord, 'entries'> {
  readonly entries: string | null;
}

export interface JobSearch {
  readonly provider?: string | undefined;
  readonly game?: string | undefined;
  readonly state?: string | undefined;
  /** Only jobs that are older than this one. */
  readonly beforeSequence: string | null;
  readonly limit: number;
}

const JOB_COLUMNS = `j.id, j.sequence, j.cause, j.actor, j.reason, j.release_id AS "releaseId", j.provider, j.game,
  j.version, j.dry_run AS "dryRun", j.state, j.created_at AS "createdAt", j.finished_at AS "finishedAt",
  (SELECT coalesce(sum(t.entries), 0) FROM invalidation_tasks t WHERE t.job_id = j.id) AS entries`;

/** How long jobs are kept that are over. Each new one removes some older ones, so that the table stays as large as that. */
const KEPT = '90 days';
const FORGOTTEN_AT_ONCE = 10;

/** Jobs as people see them. */
@Injectable()
export class JobRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, job: NewJob): Promise<void> {
    await tx.query(
      `DELETE FROM invalidation_jobs WHERE id IN (
         SELECT id FROM invalidation_jobs WHERE finished_at < now() - interval '${KEPT}'
          LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
    );
    await tx.query(
      `INSERT INTO invalidation_jobs
         (id, cause, event_id, actor, reason, release_id, provider, game, version, dry_run, traceparent, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'running')`,
      [
        job.id,
        job.cause,
        job.eventId,
        job.actor,
        job.reason,
        job.releaseId,
        job.provider,
        job.game,
        job.version,
        job.dryRun,
        job.traceparent,
      ],
    );
    const tasks = job.tasks.map((task) => ({
      ...task,
      lane: laneOf(task.step),
      isBarrier: isBarrier(task.step),
    }));
    await tx.query(
      `INSERT INTO invalidation_tasks (job_id, position, target, step, dry_run, lane, is_barrier, state)
       SELECT $1, t.position, t.target, t.step, $2, t.lane, t."isBarrier", 'waiting'
         FROM jsonb_to_recordset($3::jsonb)
           AS t (position int, target text, step jsonb, lane text, "isBarrier" boolean)`,
      [job.id, job.dryRun, JSON.stringify(tasks)],
    );
  }

  async find(id: string): Promise<JobRecord | null> {
    const [row] = await this.dataSource.query<JobRow[]>(
      `SELECT ${JOB_COLUMNS} FROM invalidation_jobs j WHERE j.id = $1`,
      [id],
    );
    return row ? recordOf(row) : null;
  }

  async tasks(id: string): Promise<TaskRecord[]> {
    const rows = await this.dataSource.query<TaskRow[]>(
      `SELECT position, step, target, state, attempts, done, total, entries, detail,
         next_attempt_at AS "nextAttemptAt", started_at AS "startedAt", finished_at AS "finishedAt"
         FROM invalidation_tasks WHERE job_id = $1 ORDER BY position, target`,
      [id],
    );
    return rows.map((row) => ({ ...row, entries: row.entries === null ? null : Number(row.entries) }));
  }

  /** Newest first. */
  async search({ provider, game, state, beforeSequence, limit }: JobSearch): Promise<JobRecord[]> {
    const rows = await this.dataSource.query<JobRow[]>(
      `SELECT ${JOB_COLUMNS} FROM invalidation_jobs j
        WHERE ($1::text IS NULL OR j.provider = $1) AND ($2::text IS NULL OR j.game = $2)
          AND ($3::text IS NULL OR j.state = $3) AND ($4::bigint IS NULL OR j.sequence < $4)
        ORDER BY j.sequence DESC LIMIT $5`,
      [provider ?? null, game ?? null, state ?? null, beforeSequence, limit],
    );
    return rows.map(recordOf);
  }
}

function recordOf(row: JobRow): JobRecord {
  return { ...row, entries: Number(row.entries) };
}
