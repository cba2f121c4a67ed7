import { createHash } from 'node:crypto';

/** Hash before the first entry of a chain. */
export const GENESIS_HASH = '0'.repeat(64);

/** SHA-256 over the previous hash and what the entry covers, in canonical JSON (keys sorted, as in RFC 8785). */
export function linkHash(previousHash: string, covered: readonly unknown[]): string {
  return createHash('sha256').update(previousHash).update(canonicalJson(covered)).digest('hex');
}

/** PostgreSQL's jsonb does not keep the order of keys, so neither a hash nor a comparison may depend on it. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
