import { createHash } from 'node:crypto';
import { drawApiToken } from '@croupier/service-kit';

const HINT_LENGTH = 10;

export interface Secret {
  /** Shown once to whoever asked for it, and kept nowhere. */
  readonly token: string;
  readonly hash: Buffer;
  readonly hint: string;
}

export function drawSecret(): Secret {
  const token = drawApiToken();
  return { token, hash: hashOf(token), hint: token.slice(0, HINT_LENGTH) };
}

/** Plain SHA-256: nobody guesses 256 random bits, so slowness would protect nothing and cost every request. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
