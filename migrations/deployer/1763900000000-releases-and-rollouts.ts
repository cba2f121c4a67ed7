import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class ReleasesAndRollouts1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE artifacts (
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        digest text NOT NULL,
        manifest_url text NOT NULL,
        manifest jsonb NOT NULL,
        registered_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (provider, game, version)
      )`);
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
        partition integer NOT NULL,
        attempt integer NOT NULL DEFAULT 1,
        changed_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
        first_routing_version bigint,
        step_routing_version bigint,
        created_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (provider, game, version, attempt)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX releases_one_active_per_subject ON releases (provider, game) WHERE active`,
    );
    await runner.query(`CREATE INDEX releases_unfinished ON releases (partition) WHERE NOT finished`);
    await runner.query(`CREATE INDEX releases_changed ON releases (changed_by)`);
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
        recorded_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
        PRIMARY KEY (release_id, sequence)
      )`);
    await runner.query('CREATE INDEX rollout_events_recorded ON rollout_events (recorded_by)');
    await runner.query(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`);
    await runner.query(`
      CREATE TRIGGER rollout_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rollout_events
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
    await runner.query(`
      CREATE TABLE effects (
        key text PRIMARY KEY,
        sequence bigint GENERATED ALWAYS AS IDENTITY,
        release_id uuid NOT NULL REFERENCES releases (id),
        effect jsonb NOT NULL,
        done_at timestamptz
      )`);
    await runner.query(`CREATE INDEX effects_undone ON effects (release_id) WHERE done_at IS NULL`);
    await createLeases(runner);
    await runner.query(`
      CREATE TABLE subjects (
        provider text NOT NULL,
        game text NOT NULL,
        salt bigint NOT NULL,
        stable_version text,
        canary_version text,
        canary_weights jsonb NOT NULL DEFAULT '{"elsewhere": 0, "markets": {}}',
        route jsonb,
        routing_version bigint NOT NULL DEFAULT 0,
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
        routing_version bigint NOT NULL
      )`);
    await runner.query('INSERT INTO routing (routing_version) VALUES (0)');
    await runner.query('CREATE INDEX subjects_by_routing_version ON subjects (routing_version)');
    await runner.query(`
      CREATE TABLE telemetry_windows (
        gateway_id uuid NOT NULL,
        sequence bigint NOT NULL,
        routing_version bigint NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        counts jsonb NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        received_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
        PRIMARY KEY (gateway_id, sequence)
      )`);
    await runner.query('CREATE INDEX telemetry_windows_received ON telemetry_windows (received_by)');
    await runner.query(`
      CREATE TABLE metric_observations (
        release_id uuid NOT NULL REFERENCES releases (id),
        metric text NOT NULL,
        source text NOT NULL,
        sequence bigint NOT NULL,
        trials bigint NOT NULL,
        failures bigint NOT NULL,
        stable_trials bigint NOT NULL,
        stable_failures bigint NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        received_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
        PRIMARY KEY (release_id, metric, source, sequence)
      )`);
    await runner.query('CREATE INDEX metric_observations_received ON metric_observations (received_by)');
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
      'metric_observations',
      'telemetry_windows',
      'routing',
      'workloads',
      'subjects',
      'partition_tallies',
      'partition_leases',
      'replicas',
      'effects',
      'rollout_events',
    ])
      await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP FUNCTION refuse_change()');
    await runner.query('DROP TABLE releases');
    await runner.query('DROP TABLE artifacts');
    await dropOutboxAndInbox(runner);
  }
}

/** Which replica acts for which part of the releases, and how far it has counted telemetry. */
async function createLeases(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE replicas (
      replica_id uuid PRIMARY KEY,
      alive_until timestamptz NOT NULL
    )`);
  await runner.query(`
    CREATE TABLE partition_leases (
      partition integer PRIMARY KEY,
      holder uuid,
      token bigint NOT NULL DEFAULT 0,
      expires_at timestamptz NOT NULL DEFAULT '-infinity'
    )`);
  await runner.query(`
    CREATE TABLE partition_tallies (
      partition integer PRIMARY KEY REFERENCES partition_leases (partition),
      since bigint NOT NULL DEFAULT 0,
      seen jsonb NOT NULL DEFAULT '[]',
      tallies jsonb NOT NULL DEFAULT '{}'
    )`);
  await runner.query(`INSERT INTO partition_leases (partition) SELECT generate_series(0, ${PARTITIONS - 1})`);
  await runner.query('INSERT INTO partition_tallies (partition) SELECT partition FROM partition_leases');
}

/** As the orchestrator deals releases to partitions. */
const PARTITIONS = 32;
