import { Logger } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import type { ConfirmChannel } from 'amqplib';
import { BusUnavailable } from '../bus';
import { LastingConnection } from './lasting-connection';
import { declareConsumer, declareExchange, exchangeName, type Topology } from './topology';

export interface RabbitPublisherOptions {
  url: string;
  topology: Topology;
  consumers: Readonly<Record<string, readonly string[]>>;
  confirmTimeoutMs: number;
}

/** Publishes with confirms, on a connection of its own: RabbitMQ under memory pressure blocks publishers only. */
export class RabbitPublisher {
  private readonly logger = new Logger(RabbitPublisher.name);
  private readonly connection: LastingConnection<ConfirmChannel>;
  private readonly exchange: string;
  private readonly unrouted = new Set<string>();

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

  async publish(events: readonly CloudEvent[]): Promise<void> {
    const { channel } = this.connection;
    if (!channel) throw new BusUnavailable('RabbitMQ is not connected, or blocks publishers');
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      const { confirmTimeoutMs } = this.options;
      timer = setTimeout(
        () => reject(new BusUnavailable(`RabbitMQ did not confirm within ${confirmTimeoutMs} ms`)),
        confirmTimeoutMs,
      );
    });
    try {
      await Promise.race([this.send(channel, events), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async prepare(channel: ConfirmChannel): Promise<void> {
    const { topology, consumers } = this.options;
    await declareExchange(channel, topology);
    for (const [consumer, types] of Object.entries(consumers))
      await declareConsumer(channel, topology, consumer, types);
    channel.on('return', ({ fields }) => this.reportUnrouted(fields.routingKey));
  }

  private async send(channel: ConfirmChannel, events: readonly CloudEvent[]): Promise<void> {
    const confirmations: Promise<void>[] = [];
    for (const event of events) {
      let writable = true;
      const confirmation = new Promise<void>((resolve, reject) => {
        writable = channel.publish(
          this.exchange,
          event.type,
          Buffer.from(JSON.stringify(event)),
          {
            persistent: true,
            mandatory: true,
            contentType: 'application/cloudevents+json',
            messageId: event.id,
            type: event.type,
          },
          (error: Error | null) => (error ? reject(error) : resolve()),
        );
      });
      // It is awaited below; until then a rejection is not unhandled.
      confirmation.catch(() => undefined);
      confirmations.push(confirmation);
      if (!writable) await drained(channel);
    }
    await Promise.all(confirmations);
  }

  private reportUnrouted(type: string): void {
    if (this.unrouted.has(type)) return;
    this.unrouted.add(type);
    this.logger.log(`No consumer of ${type} has a queue yet; RabbitMQ drops it`);
  }
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
