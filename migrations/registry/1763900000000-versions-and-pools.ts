import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class VersionsAndPools1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    // `precedence` sorts by bytes as SemVer sorts versions; versions that differ in build metadata alone share it.
    // `pool_changed_at` is the time of the event that moved the version last, null before the first.
    await runner.query(`
      CREATE TABLE versions (
        provider        text        COLLATE "C" NOT NULL,
        game            text        COLLATE "C" NOT NULL,
        version         text        COLLATE "C" NOT NULL,
        precedence      text        COLLATE "C" NOT NULL,
        digest          text        NOT NULL,
        manifest_url    text        NOT NULL,
        manifest        text        NOT NULL,
        markets         text[]      NOT NULL,
        pool            text        NOT NULL CHECK (pool IN ('candidate', 'staging', 'production', 'retired')),
        pool_changed_at timestamptz,
        announced_at    timestamptz NOT NULL,
        registered_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (provider, game, version)
      )`);
    await runner.query(
      `CREATE INDEX versions_by_precedence ON versions (provider, game, precedence, version)`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX versions_one_in_production ON versions (provider, game) WHERE pool = 'production'`,
    );
    await runner.query(`
      CREATE TABLE version_files (
        provider   text   COLLATE "C" NOT NULL,
        game       text   COLLATE "C" NOT NULL,
        version    text   COLLATE "C" NOT NULL,
        path       text   COLLATE "C" NOT NULL,
        size_bytes bigint NOT NULL,
        sha256     text   NOT NULL,
        PRIMARY KEY (provider, game, version, path),
        FOREIGN KEY (provider, game, version) REFERENCES versions
      )`);
    await runner.query(`
      CREATE TABLE rejections (
        id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider         text        COLLATE "C" NOT NULL,
        game             text        COLLATE "C" NOT NULL,
        version          text        COLLATE "C" NOT NULL,
        reason           text        NOT NULL,
        detail           text        NOT NULL,
        announced_digest text        NOT NULL,
        manifest_url     text        NOT NULL,
        event_id         text        NOT NULL,
        rejected_at      timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX rejections_by_version ON rejections (provider, game, version)`);
    await runner.query(`
      CREATE TABLE pool_moves (
        id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider  text        COLLATE "C" NOT NULL,
        game      text        COLLATE "C" NOT NULL,
        version   text        COLLATE "C" NOT NULL,
        from_pool text,
        to_pool   text        NOT NULL,
        reason    text        NOT NULL,
        event_id  text        NOT NULL,
        moved_at  timestamptz NOT NULL,
        FOREIGN KEY (provider, game, version) REFERENCES versions
      )`);
    await runner.query(`CREATE INDEX pool_moves_by_version ON pool_moves (provider, game, version, id)`);
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`);
    for (const table of ['pool_moves', 'rejections'])
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pool_moves, rejections, version_files, versions');
    await runner.query('DROP FUNCTION refuse_change()');
    await dropOutboxAndInbox(runner);
  }
}
