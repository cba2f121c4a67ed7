import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A job stays in the trace of the event or request that made it. */
export class TracesOfJobs1763900081000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE invalidation_jobs ADD COLUMN traceparent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE invalidation_jobs DROP COLUMN traceparent');
  }
}
