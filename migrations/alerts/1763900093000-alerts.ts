import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys, dropIdempotencyKeys } from '../http/idempotency-keys';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';
import {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from '../messaging/queued-outbox-and-kept-dead-letters';

export class Alerts1763900093000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await queueOutboxAndKeepDeadLetters(runner);
    await createIdempotencyKeys(runner);
    await runner.query(`
      CREATE TABLE alert_document_versions (
        kind text NOT NULL CHECK (kind IN ('channel', 'route')),
        name text NOT NULL,
        version int NOT NULL,
        -- Null when it was deleted.
        document jsonb,
        -- Sealed.
        secret bytea,
        author text NOT NULL,
        reason text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, name, version)
      )`);
    await runner.query(`
      CREATE TABLE alert_version_markets (
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        revision int NOT NULL,
        markets text[] NOT NULL,
        PRIMARY KEY (provider, game, version)
      )`);
    await runner.query(`
      CREATE TABLE alert_resolutions (incident text PRIMARY KEY, resolved_at timestamptz NOT NULL)`);
    await runner.query('CREATE INDEX ON alert_resolutions (resolved_at)');
    await runner.query(`
      CREATE TABLE alert_deliveries (
        id uuid PRIMARY KEY,
        sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        channel text NOT NULL,
        route text,
        incident text NOT NULL,
        action text NOT NULL CHECK (action IN ('trigger', 'resolve', 'note')),
        release_id uuid,
        message jsonb NOT NULL,
        state text NOT NULL
          CHECK (state IN ('held', 'waiting', 'running', 'delivered', 'failed', 'digested', 'skipped')),
        held_until timestamptz,
        digest_id uuid,
        attempts int NOT NULL DEFAULT 0,
        -- Rises when somebody has a failed one tried again.
        attempt_limit int NOT NULL,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        lease_token uuid,
        leased_until timestamptz,
        detail text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
    await runner.query(
      `CREATE INDEX alert_deliveries_open ON alert_deliveries (next_attempt_at)
        WHERE state IN ('waiting', 'running')`,
    );
    await runner.query(
      `CREATE INDEX alert_deliveries_held ON alert_deliveries (held_until) WHERE state = 'held'`,
    );
    await runner.query('CREATE INDEX ON alert_deliveries (incident, channel, sequence)');
    await runner.query('CREATE INDEX ON alert_deliveries (channel, created_at)');
    await runner.query('CREATE INDEX ON alert_deliveries (finished_at)');
    await runner.query(`
      CREATE TABLE alert_delivery_attempts (
        delivery_id uuid NOT NULL REFERENCES alert_deliveries ON DELETE CASCADE,
        number int NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        duration_ms double precision NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('delivered', 'failed')),
        detail text NOT NULL,
        PRIMARY KEY (delivery_id, number)
      )`);
    await runner.query(`
      CREATE TABLE alert_threads (
        channel text NOT NULL,
        conversation text NOT NULL,
        incident text NOT NULL,
        conversation_id text NOT NULL,
        ts text NOT NULL,
        -- What it says.
        message jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (channel, conversation, incident)
      )`);
    await runner.query('CREATE INDEX ON alert_threads (created_at)');
    await runner.query(`
      CREATE TABLE alert_channel_pauses (channel text PRIMARY KEY, until timestamptz NOT NULL)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'alert_channel_pauses',
      'alert_threads',
      'alert_delivery_attempts',
      'alert_deliveries',
      'alert_resolutions',
      'alert_version_markets',
      'alert_document_versions',
    ])
      await runner.query(`DROP TABLE ${table}`);
    await dropIdempotencyKeys(runner);
    await restoreOutboxAndDeadLetters(runner);
    await dropOutboxAndInbox(runner);
  }
}
