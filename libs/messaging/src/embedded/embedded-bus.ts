import { Logger } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import { BusUnavailable, PartlyPublished, PoisonMessage } from '../bus';
import type { Bus, Deliver, StoreDeadLetter, Subscription } from '../bus';
import { errorOf } from '../error-of';
import { isOutage } from '../outage';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';
import { eventOf, type Publishable } from '../written-event';

export interface EmbeddedBusOptions {
  /** Consumers without which nothing is published: a broker would keep their queue while they start. */
  expects?: readonly string[];
  attempts?: number;
  backoff?: Backoff;
}

interface Consumer {
  readonly name: string;
  readonly types: ReadonlySet<string>;
  readonly deliver: Deliver;
  readonly onDeadLetter: StoreDeadLetter | undefined;
  readonly inHand: Set<Promise<void>>;
  attached: boolean;
}

/** The first event of a publication that a consumer did not get. */
interface Stop {
  readonly at: number;
  readonly error: Error;
}

/** Hands events to the consumers of this process. The publisher's outbox is the queue. */
export class EmbeddedBus implements Bus {
  private readonly logger = new Logger(EmbeddedBus.name);
  private readonly consumers = new Map<string, Consumer>();
  private readonly closing = new AbortController();
  private readonly expects: readonly string[];
  private readonly attempts: number;
  private readonly backoff: Backoff;

  constructor(options: EmbeddedBusOptions = {}) {
    this.expects = options.expects ?? [];
    this.attempts = options.attempts ?? 5;
    this.backoff = options.backoff ?? { initialMs: 100, factor: 4, maxMs: 10_000 };
  }

  get connected(): boolean {
    return !this.closing.signal.aborted && this.expects.every((name) => this.consumers.has(name));
  }

  publish(events: readonly Publishable[]): Promise<void> {
    return this.publishToAll([...this.consumers.values()], events);
  }

  async publishTo(name: string, events: readonly Publishable[]): Promise<void> {
    const consumer = this.consumers.get(name);
    if (!consumer) throw new BusUnavailable(`${name} is not subscribed`);
    await this.publishToAll([consumer], events);
  }

  async subscribe(
    name: string,
    types: readonly string[],
    deliver: Deliver,
    onDeadLetter?: StoreDeadLetter,
  ): Promise<Subscription> {
    if (this.consumers.get(name)?.attached) throw new Error(`${name} is subscribed already`);
    const consumer: Consumer = {
      name,
      types: new Set(types),
      deliver,
      onDeadLetter,
      inHand: new Set(),
      attached: true,
    };
    this.consumers.set(name, consumer);
    return {
      close: async () => {
        consumer.attached = false;
        await Promise.allSettled(consumer.inHand);
      },
    };
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled([...this.consumers.values()].flatMap((consumer) => [...consumer.inHand]));
  }

  private async publishToAll(consumers: readonly Consumer[], given: readonly Publishable[]): Promise<void> {
    if (!this.connected) throw new BusUnavailable('the embedded bus is closed, or consumers are starting');
    const events = given.map(eventOf);
    const stops = await Promise.all(consumers.map((consumer) => this.deliverInOrder(consumer, events)));
    const [first] = stops.filter((stop) => stop !== undefined).sort((a, b) => a.at - b.at);
    if (!first) return;
    throw first.at === 0 ? first.error : new PartlyPublished(given.slice(first.at), first.error);
  }

  private async deliverInOrder(consumer: Consumer, events: readonly CloudEvent[]): Promise<Stop | undefined> {
    for (const [at, event] of events.entries()) {
      if (!consumer.types.has(event.type)) continue;
      const delivery = this.deliverOrBury(consumer, event);
      consumer.inHand.add(delivery);
      try {
        await delivery;
      } catch (thrown) {
        return { at, error: errorOf(thrown) };
      } finally {
        consumer.inHand.delete(delivery);
      }
    }
    return undefined;
  }

  private async deliverOrBury(consumer: Consumer, event: CloudEvent): Promise<void> {
    for (let attempt = 1, outages = 1; ;) {
      if (!consumer.attached || this.closing.signal.aborted)
        throw new BusUnavailable(`${consumer.name} takes no deliveries now`);
      try {
        return await consumer.deliver(event);
      } catch (thrown) {
        const error = errorOf(thrown);
        if (isOutage(error)) {
          await pause(retryDelayMs(outages++, this.backoff), this.closing.signal);
          continue;
        }
        const hopeless = error instanceof PoisonMessage || attempt >= this.attempts;
        this.logger.warn(
          `${consumer.name} failed on ${event.type} ${event.id}, delivery ${attempt}` +
            `${hopeless ? ', dead-lettered' : ''}: ${error.message}`,
        );
        if (hopeless) return await this.bury(consumer, event, error, attempt);
        await pause(retryDelayMs(attempt++, this.backoff), this.closing.signal);
      }
    }
  }

  private async bury(
    { name, onDeadLetter }: Consumer,
    event: CloudEvent,
    error: Error,
    attempts: number,
  ): Promise<void> {
    if (!onDeadLetter) throw error;
    const message = { kind: 'event', event } as const;
    await onDeadLetter({ consumer: name, message, error, attempts, deadAt: new Date() });
  }
}
