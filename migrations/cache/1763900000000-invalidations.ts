import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class Invalidations1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE invalidations (
        id uuid PRIMARY KEY,
        cause text NOT NULL CHECK (cause IN ('rollout.promoted', 'rollout.rolled_back', 'operator')),
        reason text NOT NULL,
        release_id uuid,
        target text NOT NULL,
        prefix text NOT NULL,
        keys_removed bigint NOT NULL,
        duration_ms double precision NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX invalidations_newest_first ON invalidations (at DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE invalidations');
    await dropOutboxAndInbox(runner);
  }
}
