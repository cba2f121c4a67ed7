import { z } from 'zod';
import { Timestamp } from '../identifiers';
import { ServiceName } from '../services';

export const DeadLetterState = z.enum(['open', 'replayed', 'discarded']);
export type DeadLetterState = z.infer<typeof DeadLetterState>;

/** A number of the service's own, which fits into PostgreSQL's `bigint`. */
export const DeadLetterId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the id of a dead letter: a number');

export const DeadLetterQuery = z.object({
  state: DeadLetterState.default('open'),
  /** Event type. */
  type: z
    .string()
    .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, 'must be 1 to 100 characters')
    .optional(),
  /** `next` of the page before. */
  before: DeadLetterId.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type DeadLetterQuery = z.infer<typeof DeadLetterQuery>;

/** A message that a service failed on at every attempt. */
export const DeadLetter = z.object({
  id: DeadLetterId,
  service: ServiceName,
  messageId: z.string(),
  type: z.string(),
  /** Of the last attempt. */
  error: z.string(),
  attempts: z.int(),
  deadAt: Timestamp,
  state: DeadLetterState,
  resolvedAt: Timestamp.nullable(),
  /** Why it was replayed or discarded. */
  resolution: z.string().nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterDetail = DeadLetter.extend({
  stack: z.string(),
  /** The CloudEvent; null when the message is none. */
  event: z.unknown(),
  /** The message in base64 when it is no CloudEvent. Such a one can only be discarded. */
  contentBase64: z.string().nullable(),
});
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

/** The latest first. */
export const DeadLetterPage = z.object({
  deadLetters: z.array(DeadLetter),
  next: DeadLetterId.nullable(),
});
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;

export const DeadLetterCommand = z.enum(['replay', 'discard']);
export type DeadLetterCommand = z.infer<typeof DeadLetterCommand>;
