import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was dealt in each market; null where it was told before markets were. */
export class TrafficByMarket1763900117000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE traffic ADD COLUMN dealt jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE traffic DROP COLUMN dealt');
  }
}
