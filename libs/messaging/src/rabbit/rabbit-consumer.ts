import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';
import { PoisonMessage, type Deliver, type Subscription } from '../bus';
import { errorOf } from '../error-of';
import { parseEnvelope } from '../message-contract';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';
import { LastingConnection } from './lasting-connection';
import { declareConsumer, declareExchange, queueName, type Topology } from './topology';

export interface RabbitConsumerOptions {
  url: string;
  topology: Topology;
  consumer: string;
  types: readonly string[];
  deliver: Deliver;
  /** Messages in hand at once. */
  prefetch: number;
  backoff: Backoff;
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
      queueName(options.topology.namespace, options.consumer),
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
    const { topology, consumer, types, prefetch } = this.options;
    await declareExchange(channel, topology);
    await declareConsumer(channel, topology, consumer, types);
    await channel.prefetch(prefetch);
    const reply = await channel.consume(queueName(topology.namespace, consumer), (message) => {
      // null: the broker cancelled the consumer, which the connection sees to.
      if (message) this.take(channel, message);
    });
    this.consumerTag = reply.consumerTag;
  }

  private take(channel: Channel, message: ConsumeMessage): void {
    const handling = this.handle(message)
      .then((answer) => {
        if (answer === 'ack') channel.ack(message);
        else channel.nack(message, false, answer === 'requeue');
      })
      // The channel is gone: the broker delivers the message again.
      .catch((error: unknown) => this.logger.debug(errorOf(error).message))
      .finally(() => this.inHand.delete(handling));
    this.inHand.add(handling);
  }

  private async handle(message: ConsumeMessage): Promise<'ack' | 'requeue' | 'bury'> {
    const { deliver, backoff, consumer } = this.options;
    try {
      await deliver(parseEnvelope(message.content));
      return 'ack';
    } catch (thrown) {
      const error = errorOf(thrown);
      const attempt = deliveryCount(message) + 1;
      const name = `${message.fields.routingKey} ${String(message.properties.messageId)}`;
      this.logger.warn(`${consumer} failed on ${name}, delivery ${attempt}: ${error.message}`);
      if (error instanceof PoisonMessage) return 'bury';
      // The message waits here and not in the queue, so that the broker counts every delivery of it.
      await pause(retryDelayMs(attempt, backoff), this.closing.signal);
      return 'requeue';
    }
  }
}

/** Earlier deliveries, counted by the quorum queue. */
function deliveryCount(message: ConsumeMessage): number {
  const count: unknown = message.properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : 0;
}
