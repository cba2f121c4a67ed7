import { createHash } from 'node:crypto';

interface Fingerprinted {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body?: unknown;
}

/** SHA-256 of what makes two requests the same: the order of a body's members does not count. */
export function fingerprintOf({ method, url, body }: Fingerprinted): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, sorted(body ?? null)]))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}
