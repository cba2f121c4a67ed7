import { z } from 'zod';

const KEY_BYTES = 32;
const REMEDY = 'must be 32 bytes in base64: openssl rand -base64 32';

/** `SECRETS_KEY` of the services that keep secrets of others, for a `SecretBox`. */
export const SecretsKey = z
  .base64({ error: REMEDY })
  .refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES, REMEDY);
