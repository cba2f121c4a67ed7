import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ArtifactSources1763900030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `pinned` is where the version was found, by digest where its repository knows digests; `source` is how it was
    // announced, to look there again. `digest` is the repository's, null on a plain web server.
    await runner.query(`
      CREATE TABLE artifacts (
        provider         text        COLLATE "C" NOT NULL,
        game             text        COLLATE "C" NOT NULL,
        version          text        COLLATE "C" NOT NULL,
        repository       text        NOT NULL,
        reference        text        NOT NULL,
        pinned           text        NOT NULL,
        digest           text,
        bytes_fetched    bigint      NOT NULL,
        served_by_origin boolean     NOT NULL,
        signed_by        text,
        parts            jsonb       NOT NULL,
        referrers        jsonb       NOT NULL,
        source           jsonb       NOT NULL,
        fetched_at       timestamptz NOT NULL DEFAULT now(),
        checked_at       timestamptz NOT NULL DEFAULT now(),
        check_outcome    text,
        PRIMARY KEY (provider, game, version),
        FOREIGN KEY (provider, game, version) REFERENCES versions
      )`);
    await runner.query('CREATE INDEX artifacts_by_check ON artifacts (checked_at)');
    // What was announced by a pipeline may have had no digest; what was found when a source was looked at again was
    // announced by nobody.
    await runner.query(`
      ALTER TABLE rejections
        ALTER COLUMN announced_digest DROP NOT NULL,
        ADD COLUMN registered_digest text,
        ADD COLUMN found_digest      text,
        ADD COLUMN found_bytes       bigint,
        ADD COLUMN found_manifest    text,
        ADD COLUMN webhook_id        text,
        ADD COLUMN announced_at      timestamptz`);
  }

  /** Evidence is never removed: what was announced without a digest has an empty one then. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE artifacts');
    await runner.query('ALTER TABLE rejections DISABLE TRIGGER USER');
    await runner.query(`UPDATE rejections SET announced_digest = '' WHERE announced_digest IS NULL`);
    await runner.query('ALTER TABLE rejections ENABLE TRIGGER USER');
    await runner.query(`
      ALTER TABLE rejections
        ALTER COLUMN announced_digest SET NOT NULL,
        DROP COLUMN registered_digest, DROP COLUMN found_digest, DROP COLUMN found_bytes,
        DROP COLUMN found_manifest, DROP COLUMN webhook_id, DROP COLUMN announced_at`);
  }
}
