import { Injectable } from '@nestjs/common';
import {
  subjectId,
  type CacheInvalidated,
  type CacheStep,
  type InvalidationCause,
  type InvalidationTaskState,
  type ReleaseId,
} from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { selectorText } from './selector-text';

interface OpenJob {
  readonly cause: InvalidationCause;
  readonly release_id: ReleaseId | null;
  readonly provider: string | null;
  readonly game: string | null;
  readonly version: string | null;
  readonly dry_run: boolean;
  readonly created_at: Date;
  readonly traceparent: string | null;
}

interface EndedTask {
  readonly target: string;
  readonly step: CacheStep;
  readonly state: InvalidationTaskState;
  readonly entries: string | null;
  readonly detail: string | null;
  readonly duration_ms: number | null;
}

export interface EndedJob {
  readonly cause: InvalidationCause;
  readonly state: 'done' | 'failed';
  readonly startedAt: Date;
  readonly seconds: number;
  readonly traceparent: string | null;
}

/** Ends a job with the last of its tasks, once, and tells the release that it was for. */
@Injectable()
export class JobEnding {
  constructor(private readonly outbox: Outbox) {}

  /** In the transaction that has ended a task. Null while there is something left to do. */
  async endIfOver(tx: Transaction, jobId: string): Promise<EndedJob | null> {
    // Of two tasks that end at once, the second one waits here and sees that the first one has ended.
    const [job] = await tx.query<OpenJob[]>(
      `SELECT cause, release_id, provider, game, version, dry_run, created_at, traceparent FROM invalidation_jobs
        WHERE id = $1 AND state = 'running' FOR UPDATE`,
      [jobId],
    );
    if (!job) return null;
    const tasks = await tx.query<EndedTask[]>(
      `SELECT target, step, state, entries, detail,
         extract(epoch FROM finished_at - coalesce(started_at, finished_at))::float8 * 1000 AS duration_ms
         FROM invalidation_tasks WHERE job_id = $1 ORDER BY position, target`,
      [jobId],
    );
    if (tasks.some(({ state }) => state === 'waiting' || state === 'running')) return null;
    const state = tasks.some((task) => task.state === 'failed') ? 'failed' : 'done';
    await tx.query('UPDATE invalidation_jobs SET state = $2, finished_at = now() WHERE id = $1', [
      jobId,
      state,
    ]);
    await this.tell(tx, job, tasks);
    const { cause, created_at: startedAt, traceparent } = job;
    return { cause, state, startedAt, traceparent, seconds: (Date.now() - startedAt.getTime()) / 1000 };
  }

  private async tell(tx: Transaction, job: OpenJob, tasks: readonly EndedTask[]): Promise<void> {
    const { release_id: releaseId, provider, game, version, cause, dry_run: dryRun } = job;
    if (dryRun || cause === 'release.staged') return;
    if (releaseId === null || provider === null || game === null || version === null) return;
    const origin = {
      source: 'croupier/cache',
      subject: subjectId(provider, game),
      traceparent: job.traceparent,
    };
    const targets = [...new Set(tasks.map(({ target }) => target))];
    for (const target of targets) {
      const outcome = outcomeOf(
        target,
        tasks.filter((task) => task.target === target),
      );
      await this.outbox.append(
        tx,
        newEvent('cache.invalidated', { releaseId, provider, game, version, ...outcome }, origin),
      );
    }
  }
}

function outcomeOf(
  target: string,
  tasks: readonly EndedTask[],
): Omit<CacheInvalidated, 'releaseId' | 'provider' | 'game' | 'version'> {
  const purged = tasks.flatMap(({ step }) => (step.kind === 'purge' ? [selectorText(step.selector)] : []));
  const failed = tasks.find(({ state }) => state === 'failed');
  return {
    target,
    prefix: purged.join(', '),
    keysRemoved: tasks.reduce((sum, { entries }) => sum + Number(entries ?? 0), 0),
    durationMs: tasks.reduce((sum, task) => sum + (task.duration_ms ?? 0), 0),
    ...(failed === undefined ? {} : { failure: failed.detail ?? 'failed' }),
  };
}
