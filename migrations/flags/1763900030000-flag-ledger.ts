import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys, dropIdempotencyKeys } from '../http/idempotency-keys';

/** Settings of flags that had none but on and off. */
const DEFAULT_STRATEGIES =
  '[{"name":"default","parameters":{},"constraints":[],"segments":[],"variants":[]}]';

export class FlagLedger1763900030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE flag_head (
        the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
        revision bigint NOT NULL,
        hash text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE flag_entries (
        kind text NOT NULL,
        name text NOT NULL,
        document jsonb,
        version integer NOT NULL,
        revision bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, name)
      )`);
    await runner.query('CREATE INDEX flag_entries_revision ON flag_entries (revision)');
    await runner.query(`
      CREATE INDEX flag_entries_due ON flag_entries ((document ->> 'applyAt'))
      WHERE kind = 'change-request' AND document ->> 'status' = 'scheduled'`);
    await runner.query(`
      CREATE TABLE flag_history (
        revision bigint PRIMARY KEY,
        kind text NOT NULL,
        name text NOT NULL,
        version integer NOT NULL,
        before jsonb,
        after jsonb,
        author text NOT NULL,
        reason text NOT NULL,
        cause text NOT NULL,
        release_id uuid,
        at timestamptz NOT NULL,
        previous_hash text NOT NULL,
        hash text NOT NULL
      )`);
    await runner.query('CREATE INDEX flag_history_of ON flag_history (kind, name, revision DESC)');
    await runner.query(
      'CREATE INDEX flag_history_of_release ON flag_history (release_id) WHERE release_id IS NOT NULL',
    );
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`);
    await runner.query(`
      CREATE TRIGGER flag_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON flag_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE upstream_snapshots (
        environment text PRIMARY KEY,
        body jsonb NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    await createIdempotencyKeys(runner);
    await this.keepWhatIsThere(runner);
  }

  /** Revisions before the first entry of the history: the table of changes says how these came about. */
  private async keepWhatIsThere(runner: QueryRunner): Promise<void> {
    await runner.query(
      `INSERT INTO flag_entries (kind, name, document, version, revision, created_at, updated_at)
       SELECT 'flag', name, jsonb_build_object('type', 'release', 'description', '', 'impressionData', false,
         'stale', false, 'dependencies', '[]'::jsonb, 'environments', (
           SELECT jsonb_object_agg(environment, jsonb_build_object('enabled', enabled,
             'strategies', $1::jsonb, 'variants', '[]'::jsonb))
           FROM unnest(ARRAY['default', 'development', 'production']) AS environment)),
         1, row_number() OVER (ORDER BY name), created_at, updated_at
       FROM flags`,
      [DEFAULT_STRATEGIES],
    );
    await runner.query(
      `INSERT INTO flag_head (revision, hash) SELECT count(*), repeat('0', 64) FROM flag_entries`,
    );
    await runner.query('DROP INDEX flag_changes_of_flag');
    await runner.query('ALTER TABLE flag_changes DROP CONSTRAINT flag_changes_flag_fkey');
    await runner.query('DROP TABLE flags');
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIdempotencyKeys(runner);
    await runner.query(`
      CREATE TABLE flags (
        name text PRIMARY KEY,
        enabled boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      INSERT INTO flags (name, enabled, created_at, updated_at)
      SELECT name, coalesce(document #>> '{environments,production,enabled}', 'false')::boolean, created_at, updated_at
      FROM flag_entries WHERE kind = 'flag' AND document IS NOT NULL`);
    await runner.query(`
      INSERT INTO flags (name, enabled) SELECT DISTINCT flag, false FROM flag_changes ON CONFLICT DO NOTHING`);
    await runner.query('ALTER TABLE flag_changes ADD FOREIGN KEY (flag) REFERENCES flags (name)');
    await runner.query('CREATE INDEX flag_changes_of_flag ON flag_changes (flag, id DESC)');
    await runner.query('DROP TABLE upstream_snapshots, flag_history, flag_entries, flag_head');
    await runner.query('DROP FUNCTION refuse_change()');
  }
}
