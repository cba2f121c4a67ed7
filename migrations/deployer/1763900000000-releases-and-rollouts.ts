import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class ReleasesAndRollouts1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE releases (
        id uuid PRIMARY KEY,
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        digest text NOT NULL,
        manifest_url text NOT NULL,
        manifest jsonb NOT NULL,
        status text NOT NULL,
        active boolean NOT NULL DEFAULT false,
        finished boolean NOT NULL DEFAULT false,
        weight_percent numeric NOT NULL DEFAULT 0,
        stable_version text,
        reason text NOT NULL DEFAULT '',
        state jsonb NOT NULL,
        revision integer NOT NULL,
        last_hash text NOT NULL,
        wake_at timestamptz,
        first_routing_version bigint,
        step_routing_version bigint,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (provider, game, version)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX releases_one_active_per_subject ON releases (provider, game) WHERE active`,
    );
    await runner.query(`CREATE INDEX releases_unfinished ON releases (created_at) WHERE NOT finished`);
    await runner.query(`
      CREATE TABLE rollout_events (
        release_id uuid NOT NULL REFERENCES releases (id),
        sequence integer NOT NULL,
        type text NOT NULL,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        summary text NOT NULL,
        data jsonb NOT NULL,
        previous_hash text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (release_id, sequence)
      )`);
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`);
    await runner.query(`
      CREATE TRIGGER rollout_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rollout_events
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE effects (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text NOT NULL UNIQUE,
        release_id uuid NOT NULL REFERENCES releases (id),
        lane text NOT NULL,
        effect jsonb NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        last_error text,
        done_at timestamptz
      )`);
    await runner.query(`CREATE INDEX effects_undone ON effects (release_id, lane, id) WHERE done_at IS NULL`);
    await runner.query(`
      CREATE TABLE subjects (
        provider text NOT NULL,
        game text NOT NULL,
        salt bigint NOT NULL,
        stable_version text,
        canary_version text,
        canary_buckets integer NOT NULL DEFAULT 0 CHECK (canary_buckets BETWEEN 0 AND 10000),
        PRIMARY KEY (provider, game)
      )`);
    await runner.query(`
      CREATE TABLE workloads (
        environment text NOT NULL,
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        digest text NOT NULL,
        manifest_url text NOT NULL,
        manifest jsonb NOT NULL,
        endpoint text,
        running boolean NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (environment, provider, game, version)
      )`);
    await runner.query(`
      CREATE TABLE routing (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        routing_version bigint NOT NULL,
        snapshot jsonb NOT NULL
      )`);
    await runner.query(
      `INSERT INTO routing (routing_version, snapshot) VALUES (0, '{"routingVersion": 0, "subjects": []}')`,
    );
    await runner.query(`
      CREATE TABLE telemetry_windows (
        gateway_id uuid NOT NULL,
        sequence bigint NOT NULL,
        routing_version bigint NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (gateway_id, sequence)
      )`);
    await runner.query(`
      CREATE TABLE telemetry_counts (
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        market text NOT NULL,
        routing_version bigint NOT NULL,
        launches integer NOT NULL,
        requests integer NOT NULL,
        errors integer NOT NULL,
        slow integer NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      `CREATE INDEX telemetry_counts_by_version ON telemetry_counts (provider, game, version, routing_version)`,
    );
    await runner.query(`
      CREATE TABLE gateways (
        gateway_id uuid PRIMARY KEY,
        routing_version bigint NOT NULL,
        last_seen_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'gateways',
      'telemetry_counts',
      'telemetry_windows',
      'routing',
      'workloads',
      'subjects',
    ])
      await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP TABLE effects');
    await runner.query('DROP TABLE rollout_events');
    await runner.query('DROP FUNCTION refuse_change()');
    await runner.query('DROP TABLE releases');
    await dropOutboxAndInbox(runner);
  }
}
