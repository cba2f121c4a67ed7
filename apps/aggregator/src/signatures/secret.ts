import { randomBytes } from 'node:crypto';
import type { SignatureKind } from '@croupier/contracts';

/** `whsec`: a symmetric key, `whpk`: an Ed25519 public key (Standard Webhooks 1.0.0); `text`: characters, in UTF-8. */
export type SecretForm = 'whsec' | 'whpk' | 'text';

export interface Secret {
  readonly form: SecretForm;
  readonly bytes: Buffer;
}

/** What a scheme's secrets are: keys of Standard Webhooks, any text, or nothing at all. */
export type SecretNeed = 'standard' | 'text' | 'none';

const SYMMETRIC_PREFIX = 'whsec_';
const PUBLIC_PREFIX = 'whpk_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;
const PUBLIC_KEY_BYTES = 32;
const MIN_TEXT_LENGTH = 16;
const GENERATED_BYTES = 32;
/** What a header can hold. */
const VISIBLE_ASCII = new RegExp(`^[\\x21-\\x7e]{${MIN_TEXT_LENGTH},}$`);

const NEEDS: Record<SignatureKind, SecretNeed> = {
  'standard-webhooks': 'standard',
  github: 'text',
  gitlab: 'text',
  stripe: 'text',
  hmac: 'text',
  basic: 'text',
  bearer: 'text',
  mtls: 'none',
};

export function secretNeedOf(kind: SignatureKind): SecretNeed {
  return NEEDS[kind];
}

export type SecretReading =
  { readonly kind: 'secret'; readonly secret: Secret } | { readonly kind: 'fault'; readonly detail: string };

/** What the scheme makes of a secret as people write it. */
export function readSecret(need: SecretNeed, text: string): SecretReading {
  switch (need) {
    case 'none':
      return { kind: 'fault', detail: 'must be left out: this signature has no secret' };
    case 'text':
      return VISIBLE_ASCII.test(text)
        ? { kind: 'secret', secret: { form: 'text', bytes: Buffer.from(text) } }
        : { kind: 'fault', detail: `must be at least ${MIN_TEXT_LENGTH} visible ASCII characters` };
    case 'standard':
      return readStandardSecret(text);
  }
}

export function generateSecret(need: 'standard' | 'text'): string {
  const bytes = randomBytes(GENERATED_BYTES);
  return need === 'standard' ? SYMMETRIC_PREFIX + bytes.toString('base64') : bytes.toString('base64url');
}

/** As people write it. */
export function secretText({ form, bytes }: Secret): string {
  switch (form) {
    case 'whsec':
      return SYMMETRIC_PREFIX + bytes.toString('base64');
    case 'whpk':
      return PUBLIC_PREFIX + bytes.toString('base64');
    case 'text':
      return bytes.toString();
  }
}

function readStandardSecret(text: string): SecretReading {
  if (text.startsWith(PUBLIC_PREFIX)) {
    const bytes = canonicalBase64(text.slice(PUBLIC_PREFIX.length));
    if (bytes?.length === PUBLIC_KEY_BYTES) return { kind: 'secret', secret: { form: 'whpk', bytes } };
  } else if (text.startsWith(SYMMETRIC_PREFIX)) {
    const bytes = canonicalBase64(text.slice(SYMMETRIC_PREFIX.length));
    if (bytes && bytes.length >= MIN_KEY_BYTES && bytes.length <= MAX_KEY_BYTES)
      return { kind: 'secret', secret: { form: 'whsec', bytes } };
  }
  return {
    kind: 'fault',
    detail:
      `must be ${SYMMETRIC_PREFIX} and ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} random bytes in base64, ` +
      `or ${PUBLIC_PREFIX} and the ${PUBLIC_KEY_BYTES} bytes of an Ed25519 public key in base64`,
  };
}

/** Node's decoder takes anything; what it encodes again must be what was given. */
export function canonicalBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
