import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Providers get settings of their own. Webhooks move into daily partitions, so that a day goes as one table;
 * what makes a webhook count once moves into a small table beside them, which outlives the payloads.
 */
export class ProviderSettingsAndRetention1763900001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // `revision` rises with every change of a provider or its secrets: what is cached is checked against it.
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN settings   jsonb  NOT NULL DEFAULT '{}',
        ADD COLUMN revision   bigint NOT NULL DEFAULT 1,
        ADD COLUMN paused_at  timestamptz,
        ADD COLUMN pause_reason text`);
    // How the sealed bytes are read: a key of Standard Webhooks (whsec_, whpk_), or text as it is.
    await runner.query(`ALTER TABLE provider_secrets ADD COLUMN form text NOT NULL DEFAULT 'whsec'`);
    await runner.query('ALTER TABLE webhooks RENAME TO webhooks_before');
    await runner.query('ALTER INDEX webhooks_pkey RENAME TO webhooks_before_pkey');
    // A digest is kept only where the id is not covered by a signature: there the content says what is a repeat.
    await runner.query(`
      CREATE TABLE webhook_ids (
        provider       text        COLLATE "C" NOT NULL,
        webhook_id     text        COLLATE "C" NOT NULL,
        event_id       uuid        NOT NULL,
        content_sha256 bytea,
        received_at    timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (provider, webhook_id)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX webhook_ids_content ON webhook_ids (provider, content_sha256)
       WHERE content_sha256 IS NOT NULL`);
    await runner.query('CREATE INDEX webhook_ids_received ON webhook_ids USING brin (received_at)');
    // No unique key spans partitions without their key: a row is inserted here once its id is in webhook_ids.
    await runner.query(`
      CREATE TABLE webhooks (
        provider    text        COLLATE "C" NOT NULL,
        webhook_id  text        COLLATE "C" NOT NULL,
        event_id    uuid        NOT NULL,
        type        text        NOT NULL,
        body        bytea       NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (event_id, received_at)
      ) PARTITION BY RANGE (received_at)`);
    await runner.query('CREATE INDEX webhooks_by_provider ON webhooks (provider, received_at)');
    await runner.query('CREATE INDEX webhooks_by_time ON webhooks (received_at)');
    // Takes what arrives on a day that nobody made a partition for.
    await runner.query('CREATE TABLE webhooks_rest PARTITION OF webhooks DEFAULT');
    await runner.query(`
      INSERT INTO webhook_ids (provider, webhook_id, event_id, received_at)
      SELECT provider, webhook_id, event_id, received_at FROM webhooks_before`);
    await runner.query(`
      INSERT INTO webhooks (provider, webhook_id, event_id, type, body, received_at)
      SELECT provider, webhook_id, event_id, type, body, received_at FROM webhooks_before`);
    await runner.query('DROP TABLE webhooks_before');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks RENAME TO webhooks_partitioned');
    await runner.query('ALTER INDEX webhooks_pkey RENAME TO webhooks_partitioned_pkey');
    await runner.query(`
      CREATE TABLE webhooks (
        provider    text        COLLATE "C" NOT NULL,
        webhook_id  text        COLLATE "C" NOT NULL,
        event_id    uuid        NOT NULL,
        type        text        NOT NULL,
        body        bytea       NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (provider, webhook_id)
      )`);
    await runner.query(`
      INSERT INTO webhooks SELECT provider, webhook_id, event_id, type, body, received_at FROM webhooks_partitioned`);
    await runner.query('DROP TABLE webhooks_partitioned, webhook_ids');
    await runner.query('ALTER TABLE provider_secrets DROP COLUMN form');
    await runner.query(`
      ALTER TABLE providers DROP COLUMN settings, DROP COLUMN revision, DROP COLUMN paused_at,
                            DROP COLUMN pause_reason`);
  }
}
