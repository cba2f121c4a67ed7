import { connect, type Channel } from 'amqplib';

export interface Topology {
  readonly namespace: string;
  /** Redeliveries before a message is dead-lettered. */
  readonly deliveryLimit: number;
}

export function exchangeName(namespace: string): string {
  return `${namespace}.events`;
}

export function queueName(namespace: string, consumer: string): string {
  return `${namespace}.${consumer}`;
}

export function deadQueueName(namespace: string, consumer: string): string {
  return `${queueName(namespace, consumer)}.dead`;
}

export async function declareExchange(channel: Channel, { namespace }: Topology): Promise<void> {
  await channel.assertExchange(exchangeName(namespace), 'topic', { durable: true });
}

/** One quorum queue of all the consumer's event types, and one for what it fails on. */
export async function declareConsumer(
  channel: Channel,
  { namespace, deliveryLimit }: Topology,
  consumer: string,
  types: readonly string[],
): Promise<void> {
  const queue = queueName(namespace, consumer);
  const deadQueue = deadQueueName(namespace, consumer);
  await channel.assertQueue(deadQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': deliveryLimit,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadQueue,
      // Without both, a message may get lost on its way to the dead letter queue.
      // https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  for (const type of types) await channel.bindQueue(queue, exchangeName(namespace), type);
}

/** Leaves nothing of a test's or demonstration's namespace behind. */
export async function deleteNamespace(
  url: string,
  namespace: string,
  consumers: readonly string[],
): Promise<void> {
  const connection = await connect(url, { timeout: 5_000 });
  try {
    const channel = await connection.createChannel();
    for (const consumer of consumers) {
      await channel.deleteQueue(queueName(namespace, consumer));
      await channel.deleteQueue(deadQueueName(namespace, consumer));
    }
    await channel.deleteExchange(exchangeName(namespace));
  } finally {
    await connection.close();
  }
}
