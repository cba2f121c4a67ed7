import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DeadLetter } from '../bus';

/** The dead letter queue of a service on the embedded bus. */
@Injectable()
export class DeadLetters {
  constructor(private readonly dataSource: DataSource) {}

  async store({ consumer, event, error, attempts }: DeadLetter): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO dead_letters (consumer, message_id, type, event, error, stack, attempts)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (consumer, message_id) DO UPDATE
         SET error = excluded.error, stack = excluded.stack, dead_at = excluded.dead_at,
             attempts = dead_letters.attempts + excluded.attempts`,
      [consumer, event.id, event.type, JSON.stringify(event), error.message, error.stack ?? '', attempts],
    );
  }
}
