import { createHash } from 'node:crypto';
import type { ConsumeMessage, Options } from 'amqplib';
import type { DeadLetter, DeadMessage } from '../bus';
import { parseEnvelope } from '../message-contract';

/** All headers together have to fit into one frame: 8 KiB at least in every RabbitMQ, 128 KiB by default. */
const ERROR_LENGTH = 1_000;
const STACK_LENGTH = 4_000;

const HEADERS = {
  error: 'x-croupier-error',
  stack: 'x-croupier-stack',
  attempts: 'x-croupier-attempts',
  deadAt: 'x-croupier-dead-at',
} as const;

/** Properties are `any` to amqplib. */
interface Texts {
  readonly messageId?: string;
  readonly type?: string;
  readonly contentType?: string;
}

/** The message as it came, with what went wrong in its headers. */
export function propertiesOfDead(
  message: ConsumeMessage,
  error: Error,
  attempts: number,
  deadAt: Date,
): Options.Publish {
  const { messageId, type, contentType } = message.properties as Texts;
  return {
    persistent: true,
    ...(messageId === undefined ? {} : { messageId }),
    type: type ?? message.fields.routingKey,
    ...(contentType === undefined ? {} : { contentType }),
    headers: {
      [HEADERS.error]: error.message.slice(0, ERROR_LENGTH),
      [HEADERS.stack]: (error.stack ?? '').slice(0, STACK_LENGTH),
      [HEADERS.attempts]: attempts,
      [HEADERS.deadAt]: deadAt.toISOString(),
    },
  };
}

/** Reads a message of the dead letter queue, whether a consumer of ours put it there or RabbitMQ itself. */
export function deadLetterOf(consumer: string, message: ConsumeMessage): DeadLetter {
  const headers = (message.properties.headers ?? {}) as Record<string, unknown>;
  const read = readMessage(message);
  const deadAt = headers[HEADERS.deadAt];
  if (typeof deadAt === 'string' && !Number.isNaN(Date.parse(deadAt)))
    return {
      consumer,
      message: read,
      error: errorFrom(String(headers[HEADERS.error]), String(headers[HEADERS.stack])),
      attempts: Number(headers[HEADERS.attempts]) || 1,
      deadAt: new Date(deadAt),
    };
  const death = lastDeath(headers);
  const reason =
    death.reason === 'delivery_limit'
      ? 'was delivered to the limit, and the consumer ended before it could say why it failed'
      : `was dead-lettered by RabbitMQ: ${death.reason}`;
  return {
    consumer,
    message: read,
    error: errorFrom(`The message ${reason}`, ''),
    attempts: Number(headers['x-delivery-count']) || 1,
    deadAt: death.at,
  };
}

function readMessage({ content, properties, fields }: ConsumeMessage): DeadMessage {
  try {
    // PostgreSQL cannot look into JSON with U+0000.
    if (content.includes('\\u0000')) throw new Error('has U+0000');
    return { kind: 'event', event: parseEnvelope(content) };
  } catch {
    const { messageId, type } = properties as Texts;
    return {
      kind: 'unreadable',
      messageId: messageId ?? createHash('sha256').update(content).digest('hex'),
      type: type ?? fields.routingKey,
      content,
    };
  }
}

/** The first entry of `x-death` is the last death (https://www.rabbitmq.com/docs/dlx#effects). */
function lastDeath(headers: Record<string, unknown>): { reason: string; at: Date } {
  const deaths = headers['x-death'] as { reason?: unknown; time?: { value?: unknown } }[] | undefined;
  const [death] = Array.isArray(deaths) ? deaths : [];
  const seconds = Number(death?.time?.value);
  return {
    reason: typeof death?.reason === 'string' ? death.reason : 'unknown',
    at: Number.isFinite(seconds) ? new Date(seconds * 1000) : new Date(),
  };
}

function errorFrom(message: string, stack: string): Error {
  return Object.assign(new Error(message), { stack });
}
