import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class Flags1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE flags (
        name text PRIMARY KEY,
        enabled boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE flag_changes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        flag text NOT NULL REFERENCES flags (name),
        before boolean NOT NULL,
        after boolean NOT NULL,
        reason text NOT NULL,
        release_id uuid,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX flag_changes_of_flag ON flag_changes (flag, id DESC)`);
    await runner.query(`
      CREATE TABLE rolled_back_releases (
        release_id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rolled_back_releases, flag_changes, flags');
    await dropOutboxAndInbox(runner);
  }
}
