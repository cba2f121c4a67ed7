import type { QueryRunner } from 'typeorm';

/**
 * The table behind `@Idempotent()`; a migration of each service with such a route calls this.
 * Frozen once released: a later change of shape is a new function.
 */
export async function createIdempotencyKeys(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE idempotency_keys (
      key         text        PRIMARY KEY,
      fingerprint text        NOT NULL,
      token       uuid        NOT NULL,
      answer      jsonb,
      lost_at     timestamptz NOT NULL,
      expires_at  timestamptz NOT NULL
    );
    CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
  `);
}

export async function dropIdempotencyKeys(runner: QueryRunner): Promise<void> {
  await runner.query('DROP TABLE idempotency_keys');
}
