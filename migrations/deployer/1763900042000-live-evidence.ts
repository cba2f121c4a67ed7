import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rollouts are judged by at the moment, for whoever watches, on whichever replica. It can be made again: no log. */
export class LiveEvidence1763900042000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE live_evidence (
        release_id uuid PRIMARY KEY,
        at timestamptz NOT NULL,
        metrics jsonb NOT NULL
      )`);
    await runner.query('CREATE INDEX telemetry_windows_ended ON telemetry_windows (ended_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX telemetry_windows_ended');
    await runner.query('DROP TABLE live_evidence');
  }
}
