import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When what was counted of a metric began, so that what is late does not count for a later step. */
export class ObservationTimes1763900040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE metric_observations ADD COLUMN started_at timestamptz NOT NULL DEFAULT now()',
    );
    await runner.query('ALTER TABLE metric_totals ADD COLUMN counted_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE metric_totals DROP COLUMN counted_until');
    await runner.query('ALTER TABLE metric_observations DROP COLUMN started_at');
  }
}
