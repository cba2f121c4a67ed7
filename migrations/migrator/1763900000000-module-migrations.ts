import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class ModuleMigrations1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE module_schemas (
        provider text NOT NULL,
        game text NOT NULL,
        schema_name text NOT NULL UNIQUE,
        PRIMARY KEY (provider, game)
      )`);
    await runner.query(`
      CREATE TABLE release_migrations (
        release_id uuid PRIMARY KEY,
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        status text NOT NULL
          CHECK (status IN ('planned', 'applied', 'failed', 'reverted', 'undo-failed', 'withdrawn')),
        scripts jsonb NOT NULL DEFAULT '[]',
        detail text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE INDEX release_migrations_of_subject ON release_migrations (provider, game, created_at DESC)`);
    await runner.query(`
      CREATE TABLE module_migrations (
        release_id uuid NOT NULL REFERENCES release_migrations (release_id),
        migration_version text NOT NULL,
        description text NOT NULL,
        script text NOT NULL,
        checksum integer NOT NULL,
        sql text NOT NULL,
        undo_script text,
        undo_sql text,
        planned_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (release_id, migration_version),
        CHECK ((undo_script IS NULL) = (undo_sql IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE module_migrations, release_migrations, module_schemas');
    await dropOutboxAndInbox(runner);
  }
}
