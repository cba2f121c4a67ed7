import type { QueryRunner } from 'typeorm';

/**
 * The outbox becomes a queue: a published row is deleted, a refused one waits until `available_at`, and one with a
 * `consumer` is for that consumer alone. Dead letters keep what became of them, and may hold what is no CloudEvent.
 * `json` keeps a message as it was written and is cheaper to store and to read than `jsonb`.
 * Frozen once released: a later change of shape is a new function.
 */
export async function queueOutboxAndKeepDeadLetters(runner: QueryRunner): Promise<void> {
  await runner.query(`
    DELETE FROM outbox WHERE published_at IS NOT NULL;
    DROP INDEX outbox_unpublished;
    ALTER TABLE outbox
      DROP CONSTRAINT outbox_id_key,
      DROP COLUMN published_at,
      ALTER COLUMN event TYPE json,
      ADD COLUMN consumer     text,
      ADD COLUMN attempts     int         NOT NULL DEFAULT 0,
      ADD COLUMN available_at timestamptz NOT NULL DEFAULT now();
    CREATE INDEX outbox_available ON outbox (available_at, sequence);
    -- Nearly every row is dead soon: vacuum by their number, not by their share of a table that is empty or huge.
    ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
                            autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000);

    ALTER TABLE dead_letters
      ALTER COLUMN event TYPE json,
      ALTER COLUMN event DROP NOT NULL,
      ADD COLUMN content     bytea,
      ADD COLUMN state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
      ADD COLUMN resolved_at timestamptz,
      ADD COLUMN resolution  text,
      ADD CHECK ((event IS NULL) <> (content IS NULL));
    CREATE INDEX dead_letters_by_state ON dead_letters (state, id);
  `);
}

export async function restoreOutboxAndDeadLetters(runner: QueryRunner): Promise<void> {
  await runner.query(`
    DELETE FROM dead_letters WHERE event IS NULL OR state <> 'open';
    DROP INDEX dead_letters_by_state;
    ALTER TABLE dead_letters
      DROP COLUMN content, DROP COLUMN state, DROP COLUMN resolved_at, DROP COLUMN resolution,
      ALTER COLUMN event TYPE jsonb,
      ALTER COLUMN event SET NOT NULL;

    DELETE FROM outbox WHERE consumer IS NOT NULL;
    DROP INDEX outbox_available;
    ALTER TABLE outbox RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
                              autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold);
    ALTER TABLE outbox
      DROP COLUMN consumer, DROP COLUMN attempts, DROP COLUMN available_at,
      ALTER COLUMN event TYPE jsonb,
      ADD COLUMN published_at timestamptz,
      ADD UNIQUE (id);
    CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE published_at IS NULL;
  `);
}
