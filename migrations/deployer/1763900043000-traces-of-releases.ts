import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A release stays in the trace of the webhook that made it, through restarts and changes of replicas. */
export class TracesOfReleases1763900043000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE releases ADD COLUMN traceparent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE releases DROP COLUMN traceparent');
  }
}
