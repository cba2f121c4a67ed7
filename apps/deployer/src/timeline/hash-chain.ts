import { GENESIS_HASH, linkHash } from '@croupier/persistence';

export { GENESIS_HASH };

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

/** SHA-256 over the previous hash and the entry in canonical JSON (keys sorted, as in RFC 8785). */
export function chainHash(previousHash: string, entry: ChainedEntry): string {
  const { releaseId, sequence, type, at, actor, summary, data } = entry;
  return linkHash(previousHash, [releaseId, sequence, type, at, actor, summary, data]);
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
