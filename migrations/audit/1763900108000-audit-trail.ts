import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';
import {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from '../messaging/queued-outbox-and-kept-dead-letters';

const TABLES = ['audit_records', 'audit_checkpoints'];

/**
 * Both tables only grow: a trigger refuses everything but INSERT, to their owner too. Where the login may make roles,
 * `croupier_audit_writer` is one that may read and insert and nothing else; the service writes as it. Roles belong to
 * the cluster, so `down` leaves it.
 */
export class AuditTrail1763900108000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await queueOutboxAndKeepDeadLetters(runner);
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
        -- What the hash covers, byte by byte: jsonb would keep neither the order of keys nor every string.
        content text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (tenant, sequence)
      )`);
    await runner.query('CREATE INDEX ON audit_records (at, tenant, sequence)');
    await runner.query('CREATE INDEX ON audit_records (object_type, object_id, at)');
    await runner.query('CREATE INDEX ON audit_records (actor, at)');
    await runner.query(`
      CREATE TABLE audit_checkpoints (
        tenant text NOT NULL,
        sequence bigint NOT NULL,
        content text NOT NULL,
        PRIMARY KEY (tenant, sequence)
      )`);
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
      END $$`);
    for (const table of TABLES)
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      DO $$
      BEGIN
        BEGIN
          CREATE ROLE croupier_audit_writer NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        EXECUTE format('GRANT croupier_audit_writer TO %I', current_user);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO croupier_audit_writer', current_schema());
        GRANT SELECT, INSERT ON audit_records, audit_checkpoints TO croupier_audit_writer;
      EXCEPTION WHEN insufficient_privilege OR undefined_object OR invalid_grant_operation THEN
        RAISE NOTICE 'The login may not make roles: the trigger alone keeps the audit trail append-only';
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${TABLES.join(', ')}`);
    await runner.query('DROP FUNCTION refuse_change()');
    await runner.query(`
      DO $$
      BEGIN
        EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM croupier_audit_writer', current_schema());
      EXCEPTION WHEN undefined_object THEN NULL;
      END $$`);
    await restoreOutboxAndDeadLetters(runner);
    await dropOutboxAndInbox(runner);
  }
}
