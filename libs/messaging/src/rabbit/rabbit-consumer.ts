import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';
import { errorOf } from '../error-of';
import { LastingConnection } from './lasting-connection';
import type { Subscription } from '../bus';

/** What becomes of a delivery: done, back into the queue, or to the queue's dead letters. */
export type Answer = 'ack' | 'requeue' | 'reject';

export interface RabbitConsumerOptions {
  url: string;
  queue: string;
  /** Declares the queue and what it is bound to. */
  declare: (channel: Channel) => Promise<void>;
  /** Never rejects. `closing` aborts when the consumer is to end. */
  handle: (message: ConsumeMessage, closing: AbortSignal) => Promise<Answer>;
  /** Messages in hand at once. */
  prefetch: number;
}

const DRAIN_DEADLINE_MS = 10_000;

/** Consumes one queue, on a connection of its own. */
export class RabbitConsumer implements Subscription {
  private readonly logger = new Logger(RabbitConsumer.name);
  private readonly connection: LastingConnection<Channel>;
  private readonly closing = new AbortController();
  private readonly inHand = new Set<Promise<void>>();
  private consumerTag: string | undefined;

  constructor(private readonly options: RabbitConsumerOptions) {
    this.connection = new LastingConnection(
      options.url,
      options.queue,
      (connection) => connection.createChannel(),
      (channel) => this.prepare(channel),
    );
  }

  ready(): Promise<void> {
    return this.connection.ready();
  }

  async close(): Promise<void> {
    this.closing.abort();
    const { channel } = this.connection;
    if (channel && this.consumerTag !== undefined)
      await channel.cancel(this.consumerTag).catch(() => undefined);
    await Promise.race([Promise.all(this.inHand), sleep(DRAIN_DEADLINE_MS, undefined, { ref: false })]);
    await this.connection.close();
  }

  private async prepare(channel: Channel): Promise<void> {
    const { queue, declare, prefetch } = this.options;
    await declare(channel);
    await channel.prefetch(prefetch);
    const reply = await channel.consume(queue, (message) => {
      // null: the broker cancelled the consumer, which the connection sees to.
      if (message) this.take(channel, message);
    });
    this.consumerTag = reply.consumerTag;
  }

  private take(channel: Channel, message: ConsumeMessage): void {
    const handling = this.options
      .handle(message, this.closing.signal)
      .then((answer) => {
        if (answer === 'ack') channel.ack(message);
        else channel.nack(message, false, answer === 'requeue');
      })
      // The channel is gone: the broker delivers the message again.
      .catch((error: unknown) => this.logger.debug(errorOf(error).message))
      .finally(() => this.inHand.delete(handling));
    this.inHand.add(handling);
  }
}
