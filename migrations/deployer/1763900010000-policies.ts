import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys, dropIdempotencyKeys } from '../http/idempotency-keys';

export class Policies1763900010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createVersions(runner, 'policy_versions');
    await createVersions(runner, 'freeze_versions');
    await createIdempotencyKeys(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIdempotencyKeys(runner);
    await runner.query('DROP TABLE freeze_versions, policy_versions');
  }
}

/** Every state that a document of operators has had; the last one counts, and a last one without `after` is deleted. */
async function createVersions(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`
    CREATE TABLE ${table} (
      name text NOT NULL,
      version integer NOT NULL,
      sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      before jsonb,
      after jsonb,
      author text NOT NULL,
      reason text NOT NULL,
      at timestamptz NOT NULL,
      previous_hash text NOT NULL,
      hash text NOT NULL,
      PRIMARY KEY (name, version)
    )`);
  await runner.query(`
    CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
}
