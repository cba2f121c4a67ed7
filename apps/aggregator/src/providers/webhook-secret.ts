import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const GENERATED_BYTES = 32;

/** A symmetric secret of Standard Webhooks 1.0.0: `whsec_` and 24 to 64 bytes in base64. */
export const WebhookSecret = z.string().refine((text) => {
  const encoded = text.slice(PREFIX.length);
  const { length } = secretBytes(text);
  return (
    text.startsWith(PREFIX) &&
    z.base64().safeParse(encoded).success &&
    length >= MIN_BYTES &&
    length <= MAX_BYTES
  );
}, `must be ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} random bytes in base64`);

export function generateSecret(): string {
  return secretText(randomBytes(GENERATED_BYTES));
}

/** The key of the HMAC. */
export function secretBytes(text: string): Buffer {
  return Buffer.from(text.slice(PREFIX.length), 'base64');
}

export function secretText(bytes: Buffer): string {
  return PREFIX + bytes.toString('base64');
}
