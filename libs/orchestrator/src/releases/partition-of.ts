export const PARTITIONS = 32;

/** All releases of a subject share a partition, so that one holder sees them all. FNV-1a (RFC 9923), 32 bits. */
export function partitionOf(provider: string, game: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${provider}/${game}`) {
    hash ^= character.charCodeAt(0);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % PARTITIONS;
}
