import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOutboxAndInbox, dropOutboxAndInbox } from '../messaging/outbox-and-inbox';
import {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from '../messaging/queued-outbox-and-kept-dead-letters';

/** What every service has; the console keeps nothing of its own. */
export class OutboxAndInbox1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await queueOutboxAndKeepDeadLetters(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await restoreOutboxAndDeadLetters(runner);
    await dropOutboxAndInbox(runner);
  }
}
