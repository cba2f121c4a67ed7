import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What has proven a release, or has not: one run for each purpose, resumed by whoever looks next. */
export class PipelineRuns1763900030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pipeline_runs (
        release_id uuid NOT NULL REFERENCES releases (id),
        purpose text NOT NULL,
        runner text NOT NULL,
        status text NOT NULL DEFAULT 'running',
        external_id text,
        url text,
        reason text NOT NULL DEFAULT '',
        suites jsonb NOT NULL DEFAULT '[]',
        log text NOT NULL DEFAULT '',
        started_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
        ended_at timestamptz,
        poll_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (release_id, purpose)
      )`);
    await runner.query(
      `CREATE INDEX pipeline_runs_to_poll ON pipeline_runs (poll_at) WHERE status = 'running'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pipeline_runs');
  }
}
