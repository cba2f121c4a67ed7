import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_NAMES } from '@croupier/contracts';
import type { Bus, Deliver, StoreDeadLetter, Subscription } from '../bus';
import type { Backoff } from '../retry-delay';
import type { Publishable } from '../written-event';
import { DeadLetterKeeping } from './dead-letter-keeping';
import { EventDelivery } from './event-delivery';
import { RabbitConsumer, type RabbitConsumerOptions } from './rabbit-consumer';
import { RabbitPublisher } from './rabbit-publisher';
import { deadQueueName, declareConsumer, declareExchange, deleteNamespace, queueName } from './topology';
import type { Topology } from './topology';

export interface RabbitBusOptions {
  url: string;
  /** Prefix of the exchange and of every queue. */
  namespace?: string;
  /** Consumers and their event types whose queues are declared before anything is published. */
  consumers?: Readonly<Record<string, readonly string[]>>;
  deliveryLimit?: number;
  prefetch?: number;
  backoff?: Backoff;
  confirmTimeoutMs?: number;
  refusalPatienceMs?: number;
}

/** How long a service waits for its queue before it starts without; it is attached as soon as RabbitMQ answers. */
const FIRST_ATTACH_MS = 5_000;
const DEAD_LETTERS_IN_HAND = 10;

/** Connects at once and for good: RabbitMQ may come later, or go and come back. */
export class RabbitBus implements Bus {
  private readonly topology: Topology;
  private readonly publisher: RabbitPublisher;
  private readonly consumers = new Set<RabbitConsumer>();

  constructor(private readonly options: RabbitBusOptions) {
    this.topology = {
      namespace: options.namespace ?? 'croupier',
      deliveryLimit: options.deliveryLimit ?? 8,
    };
    this.publisher = new RabbitPublisher({
      url: options.url,
      topology: this.topology,
      consumers: options.consumers ?? {},
      confirmTimeoutMs: options.confirmTimeoutMs ?? 10_000,
      refusalPatienceMs: options.refusalPatienceMs ?? 30_000,
    });
  }

  get connected(): boolean {
    return this.publisher.connected;
  }

  publish(events: readonly Publishable[]): Promise<void> {
    return this.publisher.publish(events);
  }

  publishTo(consumer: string, events: readonly Publishable[]): Promise<void> {
    return this.publisher.publishTo(consumer, events);
  }

  /** Dead letters go to the queue `<namespace>.<consumer>.dead`, and on from there to `onDeadLetter`. */
  async subscribe(
    consumer: string,
    types: readonly string[],
    deliver: Deliver,
    onDeadLetter?: StoreDeadLetter,
  ): Promise<Subscription> {
    const subscribed = [this.consume(consumer, types, deliver)];
    if (onDeadLetter) subscribed.push(this.keepDeadLetters(consumer, types, onDeadLetter));
    await Promise.race([
      Promise.all(subscribed.map((part) => part.ready())),
      sleep(FIRST_ATTACH_MS, undefined, { ref: false }),
    ]);
    return {
      close: async () => {
        await Promise.all(subscribed.map((part) => part.close()));
        for (const part of subscribed) this.consumers.delete(part);
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    await this.publisher.close();
  }

  static deleteNamespace(
    url: string,
    namespace: string,
    consumers: readonly string[] = SERVICE_NAMES,
  ): Promise<void> {
    return deleteNamespace(url, namespace, consumers);
  }

  private consume(consumer: string, types: readonly string[], deliver: Deliver): RabbitConsumer {
    const { namespace, deliveryLimit } = this.topology;
    const delivery = new EventDelivery({
      consumer,
      deliver,
      deliveryLimit,
      backoff: this.options.backoff ?? { initialMs: 100, factor: 4, maxMs: 10_000 },
      deadQueue: deadQueueName(namespace, consumer),
      publisher: this.publisher,
    });
    return this.attach(consumer, types, {
      queue: queueName(namespace, consumer),
      prefetch: this.options.prefetch ?? 50,
      handle: (message, closing) => delivery.handle(message, closing),
    });
  }

  private keepDeadLetters(
    consumer: string,
    types: readonly string[],
    store: StoreDeadLetter,
  ): RabbitConsumer {
    const keeping = new DeadLetterKeeping(consumer, store);
    return this.attach(consumer, types, {
      queue: deadQueueName(this.topology.namespace, consumer),
      prefetch: DEAD_LETTERS_IN_HAND,
      handle: (message, closing) => keeping.handle(message, closing),
    });
  }

  private attach(
    consumer: string,
    types: readonly string[],
    part: Pick<RabbitConsumerOptions, 'queue' | 'prefetch' | 'handle'>,
  ): RabbitConsumer {
    const attached = new RabbitConsumer({
      ...part,
      url: this.options.url,
      declare: async (channel) => {
        await declareExchange(channel, this.topology);
        await declareConsumer(channel, this.topology, consumer, types);
      },
    });
    this.consumers.add(attached);
    return attached;
  }
}
