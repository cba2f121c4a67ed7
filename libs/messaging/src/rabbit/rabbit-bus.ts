import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICE_NAMES, type CloudEvent } from '@croupier/contracts';
import type { Bus, Deliver, Subscription } from '../bus';
import type { Backoff } from '../retry-delay';
import { RabbitConsumer } from './rabbit-consumer';
import { RabbitPublisher } from './rabbit-publisher';
import { deleteNamespace, type Topology } from './topology';

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
}

/** How long a service waits for its queue before it starts without; it is attached as soon as RabbitMQ answers. */
const FIRST_ATTACH_MS = 5_000;

/** Connects at once and for good: RabbitMQ may come later, or go and come back. */
export class RabbitBus implements Bus {
  private readonly topology: Topology;
  private readonly publisher: RabbitPublisher;
  private readonly subscriptions = new Set<RabbitConsumer>();

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
    });
  }

  get connected(): boolean {
    return this.publisher.connected;
  }

  publish(events: readonly CloudEvent[]): Promise<void> {
    return this.publisher.publish(events);
  }

  /** Dead letters go to the queue `<namespace>.<consumer>.dead`. */
  async subscribe(consumer: string, types: readonly string[], deliver: Deliver): Promise<Subscription> {
    const subscription = new RabbitConsumer({
      url: this.options.url,
      topology: this.topology,
      consumer,
      types,
      deliver,
      prefetch: this.options.prefetch ?? 50,
      backoff: this.options.backoff ?? { initialMs: 100, factor: 4, maxMs: 10_000 },
    });
    this.subscriptions.add(subscription);
    await Promise.race([subscription.ready(), sleep(FIRST_ATTACH_MS, undefined, { ref: false })]);
    return subscription;
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.publisher.close();
  }

  static deleteNamespace(
    url: string,
    namespace: string,
    consumers: readonly string[] = SERVICE_NAMES,
  ): Promise<void> {
    return deleteNamespace(url, namespace, consumers);
  }
}
