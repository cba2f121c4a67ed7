import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class ProvidersAndWebhooks1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE providers (
        name       text        COLLATE "C" PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // The current secret has no end; a rotated one is accepted until its end.
    await runner.query(`
      CREATE TABLE provider_secrets (
        id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        provider    text        COLLATE "C" NOT NULL REFERENCES providers (name),
        sealed      bytea       NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now(),
        valid_until timestamptz
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX provider_secrets_current ON provider_secrets (provider) WHERE valid_until IS NULL`,
    );
    await runner.query(`CREATE INDEX provider_secrets_by_provider ON provider_secrets (provider, id)`);
    // The body is kept to the byte, so that its signature can be proven again.
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
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhooks, provider_secrets, providers');
    await dropOutboxAndInbox(runner);
  }
}
