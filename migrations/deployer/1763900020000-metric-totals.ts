import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the running totals of a metric are counted, and when it is to be looked at next. */
export class MetricTotals1763900020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE metric_totals (
        release_id uuid NOT NULL REFERENCES releases (id),
        metric text NOT NULL,
        sequence bigint NOT NULL DEFAULT 0,
        accounts jsonb NOT NULL DEFAULT '{"canary": null, "stable": null}',
        told text,
        due_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (release_id, metric)
      )`);
    await runner.query('CREATE INDEX metric_totals_due ON metric_totals (due_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE metric_totals');
  }
}
