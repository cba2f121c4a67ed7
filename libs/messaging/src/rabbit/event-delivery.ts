import { Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import { PoisonMessage, type Deliver } from '../bus';
import { errorOf } from '../error-of';
import { parseEnvelope } from '../message-contract';
import { isOutage } from '../outage';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';
import { propertiesOfDead } from './dead-letter-message';
import type { RabbitPublisher } from './rabbit-publisher';
import type { Answer } from './rabbit-consumer';

export interface EventDeliveryOptions {
  consumer: string;
  deliver: Deliver;
  backoff: Backoff;
  /** Redeliveries before a message is dead-lettered. */
  deliveryLimit: number;
  deadQueue: string;
  publisher: RabbitPublisher;
}

/** RabbitMQ ends a consumer that keeps a message for half an hour (`consumer_timeout`). */
const OUTAGE_PATIENCE_MS = 15 * 60_000;

/** Delivers a queue's messages to the service: again with a growing delay when that fails, and not for ever. */
export class EventDelivery {
  private readonly logger = new Logger(EventDelivery.name);

  constructor(private readonly options: EventDeliveryOptions) {}

  async handle(message: ConsumeMessage, closing: AbortSignal): Promise<Answer> {
    const { backoff, consumer, deliveryLimit } = this.options;
    try {
      await this.deliverThroughOutages(message, closing);
      return 'ack';
    } catch (thrown) {
      const error = errorOf(thrown);
      if (closing.aborted) return 'requeue';
      const attempt = deliveryCount(message) + 1;
      const hopeless = error instanceof PoisonMessage || attempt > deliveryLimit;
      this.logger.warn(
        `${consumer} failed on ${message.fields.routingKey} ${String(message.properties.messageId)}, ` +
          `delivery ${attempt}${hopeless ? ', dead-lettered' : ''}: ${error.message}`,
      );
      if (hopeless) return this.bury(message, error, attempt);
      // The message waits here and not in the queue, so that the broker counts every delivery of it.
      await pause(retryDelayMs(attempt, backoff), closing);
      return 'requeue';
    }
  }

  /** Keeps the message in hand while the service's own database is away: the broker would count each redelivery. */
  private async deliverThroughOutages(message: ConsumeMessage, closing: AbortSignal): Promise<void> {
    const event = parseEnvelope(message.content);
    const deadline = performance.now() + OUTAGE_PATIENCE_MS;
    for (let outages = 1; ; outages++) {
      try {
        return await this.options.deliver(event);
      } catch (thrown) {
        const error = errorOf(thrown);
        if (!isOutage(error) || closing.aborted || performance.now() > deadline) throw error;
        if (outages === 1)
          this.logger.warn(
            `${this.options.consumer} keeps ${event.type} ${event.id} for now: ${error.message}`,
          );
        await pause(retryDelayMs(outages, this.options.backoff), closing);
      }
    }
  }

  /** Takes the error along, which RabbitMQ's own dead-lettering could not; that is left for when this fails. */
  private async bury(message: ConsumeMessage, error: Error, attempts: number): Promise<Answer> {
    const { publisher, deadQueue } = this.options;
    try {
      const properties = propertiesOfDead(message, error, attempts, new Date());
      await publisher.send(deadQueue, message.content, properties);
      return 'ack';
    } catch (failure) {
      this.logger.warn(`A dead letter goes without its error: ${errorOf(failure).message}`);
      return 'reject';
    }
  }
}

/** Earlier deliveries, counted by the quorum queue. */
function deliveryCount(message: ConsumeMessage): number {
  const count: unknown = message.properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : 0;
}
