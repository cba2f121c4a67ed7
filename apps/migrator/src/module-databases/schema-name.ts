import { createHash } from 'node:crypto';

/** Longest identifier PostgreSQL keeps whole (NAMEDATALEN - 1), in bytes. */
const LONGEST_NAME = 63;
const HASH_LENGTH = 10;

/** `module_acme_slots`: the name people look for. Two subjects may share it, such as a-b/c and a/b-c. */
export function plainSchemaName(provider: string, game: string): string | undefined {
  const name = `module_${provider}_${game}`.replaceAll('-', '_');
  return name.length <= LONGEST_NAME ? name : undefined;
}

/** For a subject whose plain name is too long, or another's already. */
export function distinctSchemaName(provider: string, game: string): string {
  const hash = createHash('sha256').update(`${provider}/${game}`).digest('hex').slice(0, HASH_LENGTH);
  const start = `module_${provider}_${game}`.replaceAll('-', '_').slice(0, LONGEST_NAME - HASH_LENGTH - 1);
  return `${start}_${hash}`;
}
