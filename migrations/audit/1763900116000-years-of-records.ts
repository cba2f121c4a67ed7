import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of the indexes too, which would be in the way of the new ones. */
const RENAMED = {
  audit_records: ['pkey', 'at_tenant_sequence_idx', 'object_type_object_id_at_idx', 'actor_at_idx'],
  audit_checkpoints: ['pkey'],
};
const INDEXES = ['(at, tenant, sequence)', '(object_type, object_id, at)', '(actor, at)'];

/**
 * Records and their checkpoints move into a table a year (UTC, by when they were recorded), so that a year goes as a
 * whole and no row is ever deleted. Each year refuses changes by itself: a trigger of the parent does not fire for a
 * statement that names a part. What a chain was at the end of what went is a signed anchor.
 */
export class YearsOfRecords1763900116000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await lockAndRename(runner);
    await runner.query(`
      CREATE TABLE audit_records (
        tenant text NOT NULL,
        sequence bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        object_type text NOT NULL,
        object_id text NOT NULL,
        content text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (tenant, sequence, recorded_at)
      ) PARTITION BY RANGE (recorded_at)`);
    for (const columns of INDEXES) await runner.query(`CREATE INDEX ON audit_records ${columns}`);
    // That of the record it is of; a service of the version before names none.
    await runner.query(`
      CREATE TABLE audit_checkpoints (
        tenant text NOT NULL,
        sequence bigint NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now(),
        content text NOT NULL,
        PRIMARY KEY (tenant, sequence, recorded_at)
      ) PARTITION BY RANGE (recorded_at)`);
    await runner.query(`
      CREATE TABLE audit_anchors (
        tenant text NOT NULL,
        sequence bigint NOT NULL,
        content text NOT NULL,
        PRIMARY KEY (tenant, sequence)
      )`);
    for (const table of ['audit_records', 'audit_checkpoints', 'audit_anchors'])
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    // Attaching lets those who append go on; CREATE TABLE ... PARTITION OF would stop them.
    await runner.query(`
      CREATE FUNCTION add_audit_year(year integer) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        parent text;
        part text;
      BEGIN
        FOREACH parent IN ARRAY ARRAY['audit_records', 'audit_checkpoints'] LOOP
          part := format('%s_%s', parent, year);
          CONTINUE WHEN to_regclass(part) IS NOT NULL;
          EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING INDEXES)', part, parent);
          EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
          EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part,
                         format('%s-01-01T00:00:00Z', year), format('%s-01-01T00:00:00Z', year + 1));
        END LOOP;
      END $$`);
    await runner.query(`
      SELECT add_audit_year(year::integer)
        FROM (SELECT extract(year FROM recorded_at AT TIME ZONE 'UTC') AS year FROM audit_records_before
              UNION SELECT extract(year FROM now() AT TIME ZONE 'UTC') + ahead FROM generate_series(0, 1) ahead
             ) AS years ORDER BY year`);
    await runner.query('INSERT INTO audit_records SELECT * FROM audit_records_before');
    await runner.query(`
      INSERT INTO audit_checkpoints (tenant, sequence, recorded_at, content)
      SELECT tenant, sequence, coalesce(recorded_at, now()), c.content
        FROM audit_checkpoints_before c LEFT JOIN audit_records_before USING (tenant, sequence)`);
    await runner.query('DROP TABLE audit_records_before, audit_checkpoints_before');
    await grantToWriter(runner, 'audit_records, audit_checkpoints, audit_anchors');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      BEGIN
        IF EXISTS (SELECT FROM audit_anchors) THEN
          RAISE EXCEPTION 'Years of records are in the archive; without their anchors the chains would not verify';
        END IF;
      END $$`);
    await lockAndRename(runner);
    await runner.query(`
      CREATE TABLE audit_records (
        tenant text NOT NULL,
        sequence bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        object_type text NOT NULL,
        object_id text NOT NULL,
        content text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (tenant, sequence)
      )`);
    for (const columns of INDEXES) await runner.query(`CREATE INDEX ON audit_records ${columns}`);
    await runner.query(`
      CREATE TABLE audit_checkpoints (
        tenant text NOT NULL,
        sequence bigint NOT NULL,
        content text NOT NULL,
        PRIMARY KEY (tenant, sequence)
      )`);
    await runner.query('INSERT INTO audit_records SELECT * FROM audit_records_before');
    await runner.query(`
      INSERT INTO audit_checkpoints
      SELECT DISTINCT ON (tenant, sequence) tenant, sequence, content FROM audit_checkpoints_before`);
    await runner.query('DROP TABLE audit_records_before, audit_checkpoints_before, audit_anchors');
    await runner.query('DROP FUNCTION add_audit_year(integer)');
    for (const table of Object.keys(RENAMED))
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await grantToWriter(runner, 'audit_records, audit_checkpoints');
  }
}

async function lockAndRename(runner: QueryRunner): Promise<void> {
  await runner.query('LOCK TABLE audit_records, audit_checkpoints IN ACCESS EXCLUSIVE MODE');
  for (const [table, indexes] of Object.entries(RENAMED)) {
    await runner.query(`ALTER TABLE ${table} RENAME TO ${table}_before`);
    for (const index of indexes)
      await runner.query(`ALTER INDEX ${table}_${index} RENAME TO ${table}_before_${index}`);
  }
}

async function grantToWriter(runner: QueryRunner, tables: string): Promise<void> {
  await runner.query(`
    DO $$
    BEGIN
      GRANT SELECT, INSERT ON ${tables} TO croupier_audit_writer;
    EXCEPTION WHEN undefined_object OR insufficient_privilege THEN
      RAISE NOTICE 'The login may not make roles: the trigger alone keeps the audit trail append-only';
    END $$`);
}
