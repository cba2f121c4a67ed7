import { Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import type { StoreDeadLetter } from '../bus';
import { errorOf } from '../error-of';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';
import { deadLetterOf } from './dead-letter-message';
import type { Answer } from './rabbit-consumer';

const BACKOFF: Backoff = { initialMs: 500, factor: 2, maxMs: 30_000 };

/** Moves what arrives in a dead letter queue to where it can be looked at. It waits in the queue until that works. */
export class DeadLetterKeeping {
  private readonly logger = new Logger(DeadLetterKeeping.name);
  private failuresInARow = 0;

  constructor(
    private readonly consumer: string,
    private readonly store: StoreDeadLetter,
  ) {}

  async handle(message: ConsumeMessage, closing: AbortSignal): Promise<Answer> {
    try {
      await this.store(deadLetterOf(this.consumer, message));
      this.failuresInARow = 0;
      return 'ack';
    } catch (error) {
      this.failuresInARow++;
      this.logger.warn(`A dead letter of ${this.consumer} cannot be stored yet: ${errorOf(error).message}`);
      await pause(retryDelayMs(this.failuresInARow, BACKOFF), closing);
      return 'requeue';
    }
  }
}
