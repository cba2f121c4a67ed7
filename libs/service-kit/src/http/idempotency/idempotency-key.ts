import { ProblemException } from '../../problems/problem-exception';
import { malformedHeader } from '../malformed-header';

export const IDEMPOTENCY_KEY = 'idempotency-key';

/** A structured-field string (RFC 8941, 3.3.3), or the same without its quotes, as many clients send it. */
const QUOTED = /^"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"$/;
const BARE = /^[A-Za-z0-9._:-]{1,255}$/;

const REMEDY = 'Send a new UUID for every operation, and the same one with every repetition of it.';

/** The key of a request, without quotes; null when it has none and needs none. */
export function idempotencyKeyOf(
  header: string | readonly string[] | undefined,
  required: boolean,
): string | null {
  if (header === undefined && !required) return null;
  if (header === undefined)
    throw new ProblemException({
      slug: 'idempotency-key-required',
      status: 400,
      title: 'The request needs an Idempotency-Key',
      remedy: REMEDY,
      errors: [{ field: IDEMPOTENCY_KEY, detail: 'is missing' }],
    });
  const text = typeof header === 'string' ? header.trim() : '';
  const key = QUOTED.exec(text)?.[1] ?? BARE.exec(text)?.[0];
  if (key === undefined)
    throw malformedHeader(IDEMPOTENCY_KEY, 'is not one string of 1 to 255 characters', REMEDY);
  return key;
}
