import type { QueryRunner } from 'typeorm';

/**
 * Tables that every service has in its own schema; its first migration calls this.
 * Frozen once released: a later change of shape is a new function.
 */
export async function createOutboxAndInbox(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE outbox (
      sequence     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id           uuid        NOT NULL UNIQUE,
      type         text        NOT NULL,
      event        jsonb       NOT NULL,
      created_at   timestamptz NOT NULL DEFAULT now(),
      published_at timestamptz
    );
    CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE published_at IS NULL;

    CREATE TABLE inbox (
      message_id   text        NOT NULL,
      handler      text        NOT NULL,
      type         text        NOT NULL,
      processed_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (message_id, handler)
    );

    CREATE TABLE dead_letters (
      id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      consumer   text        NOT NULL,
      message_id text        NOT NULL,
      type       text        NOT NULL,
      event      jsonb       NOT NULL,
      error      text        NOT NULL,
      stack      text        NOT NULL,
      attempts   int         NOT NULL,
      dead_at    timestamptz NOT NULL DEFAULT now(),
      UNIQUE (consumer, message_id)
    );
  `);
}

export async function dropOutboxAndInbox(runner: QueryRunner): Promise<void> {
  await runner.query('DROP TABLE dead_letters, inbox, outbox');
}
