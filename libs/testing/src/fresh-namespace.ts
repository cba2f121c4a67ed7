import { randomBytes } from 'node:crypto';

/** Keeps one test's exchanges, queues and keys apart from every other's on the same RabbitMQ and Redis. */
export function freshNamespace(): string {
  return `test-${randomBytes(4).toString('hex')}`;
}
