import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from '../messaging/queued-outbox-and-kept-dead-letters';

export class QueuedOutboxAndKeptDeadLetters1763900002000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return queueOutboxAndKeepDeadLetters(runner);
  }

  down(runner: QueryRunner): Promise<void> {
    return restoreOutboxAndDeadLetters(runner);
  }
}
