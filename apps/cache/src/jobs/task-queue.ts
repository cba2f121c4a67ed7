import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { ClaimedTask } from './job';

export const LEASE_SECONDS = 20;

interface ClaimedRow extends Omit<ClaimedTask, 'entries'> {
  readonly entries: string | null;
}

export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly entries: number | null;
}

export interface Retry {
  readonly delayMs: number;
  readonly detail: string;
  /** The target asked to be left alone, by everybody. */
  readonly pausesTarget: boolean;
}

/** Tasks are leased, by the clock of PostgreSQL: of a replica that is gone, another one takes over what it had. */
@Injectable()
export class TaskQueue {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The next task that may begin. Each target is asked by one replica at a time, once for purges and once for reads, so
   * that its limits hold for all of them together, and what is begun last is not done first.
   */
  async claim(): Promise<ClaimedTask | null> {
    const token = randomUUID();
    return this.dataSource.transaction(async (tx) => {
      // Two that look at once would not see what the other one takes.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.invalidation_tasks'))`);
      const [rows] = await tx.query<[ClaimedRow[], number]>(
        `UPDATE invalidation_tasks SET state = 'running', attempts = attempts + 1, lease_token = $1,
           leased_until = now() + make_interval(secs => $2), started_at = coalesce(started_at, now())
         WHERE (job_id, position, target) = (
           SELECT t.job_id, t.position, t.target
             FROM invalidation_tasks t JOIN invalidation_jobs j ON j.id = t.job_id
            WHERE ((t.state = 'waiting' AND t.next_attempt_at <= now())
                OR (t.state = 'running' AND t.leased_until <= now()))
              AND NOT EXISTS (
                SELECT 1 FROM invalidation_tasks earlier
                 WHERE earlier.job_id = t.job_id AND earlier.position < t.position
                   AND earlier.state IN ('waiting', 'running')
                   AND (earlier.target = t.target OR earlier.is_barrier))
              AND NOT EXISTS (
                SELECT 1 FROM invalidation_tasks busy
                 WHERE busy.target = t.target AND busy.lane = t.lane
                   AND busy.state = 'running' AND busy.leased_until > now())
              AND NOT EXISTS (
                SELECT 1 FROM cache_target_pauses p WHERE p.target = t.target AND p.until > now())
            ORDER BY j.sequence, t.position LIMIT 1
            FOR UPDATE OF t SKIP LOCKED)
         RETURNING job_id AS "jobId", position, target, step, dry_run AS "dryRun", attempts, done, entries`,
        [token, LEASE_SECONDS],
      );
      const [row] = rows;
      if (!row) return null;
      return { ...row, leaseToken: token, entries: row.entries === null ? null : Number(row.entries) };
    });
  }

  /** Tasks that are not over, of all replicas. */
  async countOpen(): Promise<number> {
    const [row] = await this.dataSource.query<{ open: number }[]>(
      `SELECT count(*)::int AS open FROM invalidation_tasks WHERE state IN ('waiting', 'running')`,
    );
    return row?.open ?? 0;
  }

  /** Answers whether the task is still this replica's. */
  async renew(task: ClaimedTask, { done, total, entries }: Progress): Promise<boolean> {
    const [rows] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE invalidation_tasks SET leased_until = now() + make_interval(secs => $5), done = $6, total = $7, entries = $8
        WHERE job_id = $1 AND position = $2 AND target = $3 AND lease_token = $4 AND state = 'running'
       RETURNING position`,
      [...keyOf(task), LEASE_SECONDS, done, total, entries],
    );
    return rows.length > 0;
  }

  /** Nothing happens when the task has passed on to another replica. */
  async retry(task: ClaimedTask, { done, total, entries }: Progress, retry: Retry): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(
        `UPDATE invalidation_tasks SET state = 'waiting', lease_token = NULL, leased_until = NULL,
           next_attempt_at = now() + make_interval(secs => $5), detail = $6, done = $7, total = $8, entries = $9
          WHERE job_id = $1 AND position = $2 AND target = $3 AND lease_token = $4`,
        [...keyOf(task), retry.delayMs / 1000, retry.detail, done, total, entries],
      );
      if (!retry.pausesTarget) return;
      await tx.query(
        `INSERT INTO cache_target_pauses AS p (target, until) VALUES ($1, now() + make_interval(secs => $2))
         ON CONFLICT (target) DO UPDATE SET until = greatest(p.until, excluded.until)`,
        [task.target, retry.delayMs / 1000],
      );
    });
  }

  /** Answers whether the task was still this replica's. */
  async end(
    tx: Transaction,
    task: ClaimedTask,
    state: 'done' | 'failed' | 'skipped',
    { done, total, entries }: Progress,
    detail: string | null,
  ): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE invalidation_tasks SET state = $5, lease_token = NULL, leased_until = NULL, finished_at = now(),
         done = $6, total = $7, entries = $8, detail = $9
        WHERE job_id = $1 AND position = $2 AND target = $3 AND lease_token = $4
       RETURNING position`,
      [...keyOf(task), state, done, total, entries, detail],
    );
    return rows.length > 0;
  }

  /** What was to follow at the same target: a pointer must not lead to files that are not there. */
  async skipAfter(tx: Transaction, { jobId, position, target }: ClaimedTask, detail: string): Promise<void> {
    await tx.query(
      `UPDATE invalidation_tasks SET state = 'skipped', finished_at = now(), detail = $4
        WHERE job_id = $1 AND position > $2 AND target = $3 AND state = 'waiting'`,
      [jobId, position, target, detail],
    );
  }

  /** Whether a newer job is about the same subject's traffic. */
  async isOvertaken(jobId: string): Promise<boolean> {
    const [row] = await this.dataSource.query<{ overtaken: boolean }[]>(
      `SELECT EXISTS (
         SELECT 1 FROM invalidation_jobs newer JOIN invalidation_jobs own ON own.id = $1
          WHERE newer.provider = own.provider AND newer.game = own.game AND newer.sequence > own.sequence
            AND newer.cause IN ('rollout.promoted', 'rollout.rolled_back', 'clearance.changed')) AS overtaken`,
      [jobId],
    );
    return row?.overtaken ?? false;
  }
}

function keyOf({ jobId, position, target, leaseToken }: ClaimedTask): [string, number, string, string] {
  return [jobId, position, target, leaseToken];
}
