import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';
import {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from '../messaging/queued-outbox-and-kept-dead-letters';

export class AccessTokens1763900094000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await queueOutboxAndKeepDeadLetters(runner);
    await runner.query(`
      CREATE TABLE access_tokens (
        id uuid PRIMARY KEY,
        sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        name text NOT NULL,
        holder text NOT NULL,
        grants jsonb NOT NULL,
        hint text NOT NULL,
        -- SHA-256. The secret itself is kept nowhere.
        secret_hash bytea NOT NULL UNIQUE,
        -- Of the secret before the last rotation, which goes on until then.
        former_hash bytea UNIQUE,
        former_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        reason text NOT NULL,
        expires_at timestamptz NOT NULL,
        last_used_at timestamptz,
        rotated_at timestamptz,
        rotated_by text,
        revoked_at timestamptz,
        revoked_by text,
        revocation_reason text
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_tokens');
    await restoreOutboxAndDeadLetters(runner);
    await dropOutboxAndInbox(runner);
  }
}
