import { Injectable } from '@nestjs/common';
import type { PipelineRunView, PipelineSuite, ReleaseId } from '@croupier/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { RunnerName } from '../pipeline-config';
import type { PipelineResult } from '../pipeline-runner';

export type PipelinePurpose = PipelineRunView['purpose'];

export interface PipelineRun {
  readonly releaseId: ReleaseId;
  readonly purpose: PipelinePurpose;
  readonly runner: RunnerName;
  readonly status: PipelineRunView['status'];
  readonly externalId: string | null;
  readonly url: string | null;
  readonly reason: string;
  readonly suites: readonly PipelineSuite[];
  readonly log: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

interface RunRow {
  readonly release_id: ReleaseId;
  readonly purpose: PipelinePurpose;
  readonly runner: RunnerName;
  readonly status: PipelineRun['status'];
  readonly external_id: string | null;
  readonly url: string | null;
  readonly reason: string;
  readonly suites: PipelineSuite[];
  readonly log: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

const MAX_POLLED = 50;

@Injectable()
export class PipelineRunRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The run, begun now unless it was before. */
  async begin(releaseId: ReleaseId, purpose: PipelinePurpose, runner: RunnerName): Promise<PipelineRun> {
    await this.dataSource.query(
      'INSERT INTO pipeline_runs (release_id, purpose, runner) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [releaseId, purpose, runner],
    );
    const run = (await this.of(releaseId)).find((each) => each.purpose === purpose);
    if (!run) throw new Error('The pipeline run is gone');
    return run;
  }

  /** Newest first. */
  async of(releaseId: ReleaseId): Promise<PipelineRun[]> {
    const rows = await this.dataSource.query<RunRow[]>(
      'SELECT * FROM pipeline_runs WHERE release_id = $1 ORDER BY started_at DESC, purpose',
      [releaseId],
    );
    return rows.map(runOf);
  }

  /** Where it runs, for whoever goes on with it. */
  async located(run: PipelineRun, externalId: string, url: string | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE pipeline_runs SET external_id = $3, url = $4
       WHERE release_id = $1 AND purpose = $2 AND status = 'running'`,
      [run.releaseId, run.purpose, externalId, url],
    );
  }

  /** Once; false when it has ended before. */
  async ended(
    tx: EntityManager,
    run: PipelineRun,
    url: string | null,
    result: PipelineResult,
  ): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE pipeline_runs SET status = $3, url = coalesce($4, url), reason = $5, suites = $6, log = $7,
         ended_at = date_trunc('milliseconds', now())
       WHERE release_id = $1 AND purpose = $2 AND status = 'running' RETURNING purpose`,
      [
        run.releaseId,
        run.purpose,
        result.outcome,
        url,
        // PostgreSQL stores no U+0000, and programs write some.
        result.reason.replaceAll('\0', ''),
        JSON.stringify(result.suites).replaceAll('\\u0000', ''),
        result.log.replaceAll('\0', ''),
      ],
    );
    return rows.length > 0;
  }

  /** Those whose time to be looked at has come, each for one caller. */
  async claimDue(pollMs: number): Promise<PipelineRun[]> {
    const [rows] = await this.dataSource.query<[RunRow[], number]>(
      `UPDATE pipeline_runs p SET poll_at = now() + make_interval(secs => $1)
       FROM (SELECT release_id, purpose FROM pipeline_runs
             WHERE status = 'running' AND external_id IS NOT NULL AND poll_at <= now()
             ORDER BY poll_at LIMIT ${MAX_POLLED} FOR UPDATE SKIP LOCKED) AS due
       WHERE p.release_id = due.release_id AND p.purpose = due.purpose RETURNING p.*`,
      [pollMs / 1_000],
    );
    return rows.map(runOf);
  }

  /** Its runner says that there is news. */
  async hurry(runner: RunnerName, externalId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE pipeline_runs SET poll_at = now() WHERE runner = $1 AND external_id = $2 AND status = 'running'`,
      [runner, externalId],
    );
  }
}

function runOf(row: RunRow): PipelineRun {
  return {
    releaseId: row.release_id,
    purpose: row.purpose,
    runner: row.runner,
    status: row.status,
    externalId: row.external_id,
    url: row.url,
    reason: row.reason,
    suites: row.suites,
    log: row.log,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** The same for every repetition, and another for each purpose. */
export function runIdOf({ releaseId, purpose }: Pick<PipelineRun, 'releaseId' | 'purpose'>): string {
  return purpose === 'staging' ? releaseId : `${releaseId}-${purpose}`;
}
