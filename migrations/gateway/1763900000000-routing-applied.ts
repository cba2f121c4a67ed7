import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';

export class RoutingApplied1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await runner.query(`
      CREATE TABLE routing_applied (
        gateway_id uuid NOT NULL,
        routing_version bigint NOT NULL,
        applied_at timestamptz NOT NULL,
        snapshot jsonb NOT NULL,
        PRIMARY KEY (gateway_id, routing_version)
      )`);
    await runner.query(`CREATE INDEX routing_applied_by_time ON routing_applied (applied_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE routing_applied');
    await dropOutboxAndInbox(runner);
  }
}
