import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ConfirmChannel, Options } from 'amqplib';
import { BusUnavailable, PartlyPublished } from '../bus';
import { errorOf } from '../error-of';
import { textOf, type Publishable } from '../written-event';
import { LastingConnection } from './lasting-connection';
import { declareConsumer, declareExchange, exchangeName, queueName, type Topology } from './topology';

export interface RabbitPublisherOptions {
  url: string;
  topology: Topology;
  consumers: Readonly<Record<string, readonly string[]>>;
  confirmTimeoutMs: number;
  /** How long RabbitMQ may refuse messages on one channel. */
  refusalPatienceMs: number;
}

interface Unaddressed {
  readonly content: Buffer;
  readonly properties: Options.Publish;
}

interface Message extends Unaddressed {
  readonly exchange: string;
  readonly routingKey: string;
}

/** The default exchange, where a queue's name is its routing key. */
const DEFAULT_EXCHANGE = '';
/** A whole batch in one turn of the event loop would hold up for 10 ms whoever waits for an answer of this process. */
const MESSAGES_A_TURN = 16;

class MessageRefused extends Error {}

/** Publishes with confirms, on a connection of its own: RabbitMQ under memory pressure blocks publishers only. */
export class RabbitPublisher {
  private readonly logger = new Logger(RabbitPublisher.name);
  private readonly connection: LastingConnection<ConfirmChannel>;
  private readonly exchange: string;
  private readonly unrouted = new Set<string>();
  /** Correlation ids of messages to a queue that was not there. RabbitMQ returns them before it confirms them. */
  private readonly returned = new Set<string>();
  /** By the monotonic clock: the first refusal on this channel. */
  private refusedSinceMs: number | undefined;

  constructor(private readonly options: RabbitPublisherOptions) {
    const { url, topology } = options;
    this.exchange = exchangeName(topology.namespace);
    this.connection = new LastingConnection(
      url,
      `${topology.namespace} publisher`,
      (connection) => connection.createConfirmChannel(),
      (channel) => this.prepare(channel),
    );
  }

  get connected(): boolean {
    return this.connection.channel !== undefined;
  }

  async publish(events: readonly Publishable[]): Promise<void> {
    const { exchange } = this;
    await this.publishEach(events, (event) => ({ exchange, routingKey: event.type, ...messageOf(event) }));
  }

  async publishTo(consumer: string, events: readonly Publishable[]): Promise<void> {
    const routingKey = queueName(this.options.topology.namespace, consumer);
    await this.publishEach(events, (event) => toQueue(routingKey, messageOf(event)));
  }

  /** To a queue by its name. */
  async send(queue: string, content: Buffer, properties: Options.Publish): Promise<void> {
    const [outcome] = await this.confirmed([toQueue(queue, { content, properties })]);
    if (outcome) throw outcome;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async prepare(channel: ConfirmChannel): Promise<void> {
    const { topology, consumers } = this.options;
    this.refusedSinceMs = undefined;
    await declareExchange(channel, topology);
    for (const [consumer, types] of Object.entries(consumers))
      await declareConsumer(channel, topology, consumer, types);
    channel.on('return', ({ fields, properties }) => {
      if (fields.exchange === DEFAULT_EXCHANGE) this.returned.add(String(properties.correlationId));
      else this.reportUnrouted(fields.routingKey);
    });
  }

  private async publishEach(
    events: readonly Publishable[],
    addressed: (event: Publishable) => Message,
  ): Promise<void> {
    const outcomes = await this.confirmed(events.map(addressed));
    const error = outcomes.find((outcome) => outcome !== undefined);
    if (!error) return;
    const unpublished = events.filter((_, index) => outcomes[index] !== undefined);
    throw unpublished.length === events.length ? error : new PartlyPublished(unpublished, error);
  }

  /**
   * A channel that was told of a full queue may refuse for good what the queue would take again: RabbitMQ 3.10 does so
   * when the queue's limit was taken away meanwhile. A new channel asks the queue anew.
   */
  private noteRefusal(): void {
    const now = performance.now();
    this.refusedSinceMs ??= now;
    if (now - this.refusedSinceMs < this.options.refusalPatienceMs) return;
    this.refusedSinceMs = undefined;
    this.logger.warn('RabbitMQ goes on refusing messages; they are tried on a new connection');
    this.connection.renew();
  }

  /** Of each message the reason why RabbitMQ does not answer for it, if it does not. */
  private async confirmed(messages: readonly Message[]): Promise<(Error | undefined)[]> {
    const { channel } = this.connection;
    if (!channel) throw new BusUnavailable('RabbitMQ is not connected, or blocks publishers');
    const { confirmTimeoutMs } = this.options;
    const late = new BusUnavailable(`RabbitMQ did not confirm within ${confirmTimeoutMs} ms`);
    const outcomes: (Error | undefined)[] = messages.map(() => late);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, confirmTimeoutMs)));
    try {
      await Promise.race([this.sendAll(channel, messages, outcomes), timeout]);
      if (outcomes.some((outcome) => outcome instanceof MessageRefused)) this.noteRefusal();
      // A late answer must not change what the caller sees.
      return [...outcomes];
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when RabbitMQ has answered for each message, which it also does when the channel ends. */
  private async sendAll(
    channel: ConfirmChannel,
    messages: readonly Message[],
    outcomes: (Error | undefined)[],
  ): Promise<void> {
    let answered: () => void = () => undefined;
    const allAnswered = new Promise<void>((resolve) => (answered = resolve));
    let unanswered = messages.length;
    for (const [index, message] of messages.entries()) {
      const answer = (error: unknown): void => {
        outcomes[index] = error === null || error === undefined ? this.returnOf(message) : refusal(error);
        if (--unanswered === 0) answered();
      };
      let writable: boolean;
      try {
        const { exchange, routingKey, content, properties } = message;
        writable = channel.publish(exchange, routingKey, content, properties, answer);
      } catch (error) {
        // Closed meanwhile. RabbitMQ's answers for the ones before are lost with it, and those are late.
        outcomes[index] = refusal(error);
        return;
      }
      if (!writable) await drained(channel);
      else if ((index + 1) % MESSAGES_A_TURN === 0) await nextTurn();
    }
    await allAnswered;
  }

  private returnOf({ exchange, routingKey, properties }: Message): Error | undefined {
    if (exchange !== DEFAULT_EXCHANGE || !this.returned.delete(String(properties.correlationId)))
      return undefined;
    return new Error(`RabbitMQ has no queue ${routingKey}`);
  }

  private reportUnrouted(type: string): void {
    if (this.unrouted.has(type)) return;
    this.unrouted.add(type);
    this.logger.log(`No consumer of ${type} has a queue yet; RabbitMQ drops it`);
  }
}

function messageOf(event: Publishable): Unaddressed {
  const { id, type } = event;
  const contentType = 'application/cloudevents+json';
  return {
    content: Buffer.from(textOf(event)),
    properties: { persistent: true, mandatory: true, contentType, messageId: id, type },
  };
}

function toQueue(routingKey: string, { content, properties }: Unaddressed): Message {
  return {
    exchange: DEFAULT_EXCHANGE,
    routingKey,
    content,
    properties: { ...properties, mandatory: true, correlationId: randomUUID() },
  };
}

/** amqplib tells of a refusal and of the channel's end by errors of one kind. */
function refusal(thrown: unknown): Error {
  const error = errorOf(thrown);
  return error.message === 'message nacked'
    ? new MessageRefused('RabbitMQ refused the message: the queue of a consumer is full, or not available')
    : new BusUnavailable(error.message, { cause: error });
}

function drained(channel: ConfirmChannel): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      channel.off('drain', done);
      channel.off('close', done);
      resolve();
    };
    channel.on('drain', done);
    channel.on('close', done);
  });
}
