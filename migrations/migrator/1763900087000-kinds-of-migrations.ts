import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Scripts that can be repeated have no version, and changesets have names: the script names the row. */
export class KindsOfMigrations1763900087000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE module_migrations
        ADD COLUMN kind text NOT NULL DEFAULT 'versioned'
          CHECK (kind IN ('versioned', 'baseline', 'repeatable', 'changeset')),
        ADD COLUMN position integer NOT NULL DEFAULT 0`);
    // Until now, the order was that of the versions.
    await runner.query(`
      UPDATE module_migrations m SET position = ordered.position
      FROM (SELECT release_id, script, row_number() OVER (
              PARTITION BY release_id ORDER BY string_to_array(migration_version, '.')::numeric[]) AS position
            FROM module_migrations) AS ordered
      WHERE m.release_id = ordered.release_id AND m.script = ordered.script`);
    await runner.query(`
      ALTER TABLE module_migrations
        DROP CONSTRAINT module_migrations_pkey,
        ADD CONSTRAINT module_migrations_pkey PRIMARY KEY (release_id, script)`);
    await runner.query(`
      ALTER TABLE release_migrations
        ADD COLUMN origin text NOT NULL DEFAULT 'release' CHECK (origin IN ('release', 'operator')),
        ADD COLUMN cancellation text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE release_migrations DROP COLUMN origin, DROP COLUMN cancellation`);
    await runner.query(`DELETE FROM module_migrations WHERE kind <> 'versioned'`);
    await runner.query(`
      ALTER TABLE module_migrations
        DROP CONSTRAINT module_migrations_pkey,
        ADD CONSTRAINT module_migrations_pkey PRIMARY KEY (release_id, migration_version)`);
    await runner.query('ALTER TABLE module_migrations DROP COLUMN kind, DROP COLUMN position');
  }
}
