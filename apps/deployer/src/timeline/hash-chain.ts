import { createHash } from 'node:crypto';

/** What the chain covers of one entry. `at` is epoch milliseconds. */
export interface ChainedEntry {
  readonly releaseId: string;
  readonly sequence: number;
  readonly type: string;
  readonly at: number;
  readonly actor: string;
  readonly summary: string;
  readonly data: unknown;
}

/** Hash before a release's first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** SHA-256 over the previous hash and the entry in canonical JSON (keys sorted, as in RFC 8785). */
export function chainHash(previousHash: string, entry: ChainedEntry): string {
  return createHash('sha256')
    .update(previousHash)
    .update(
      canonicalJson([
        entry.releaseId,
        entry.sequence,
        entry.type,
        entry.at,
        entry.actor,
        entry.summary,
        entry.data,
      ]),
    )
    .digest('hex');
}

/** The sequence of the first entry that does not fit the chain, or null when all do. */
export function firstBreak(
  entries: readonly (ChainedEntry & { readonly previousHash: string; readonly hash: string })[],
): number | null {
  let previousHash = GENESIS_HASH;
  for (const [index, entry] of entries.entries()) {
    const fits = entry.sequence === index + 1 && entry.previousHash === previousHash;
    if (!fits || entry.hash !== chainHash(previousHash, entry)) return entry.sequence;
    previousHash = entry.hash;
  }
  return null;
}

/** PostgreSQL's jsonb does not keep the order of keys, so the hash must not depend on it. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
