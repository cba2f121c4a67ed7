import { createHash } from 'node:crypto';
import type { WorkloadSpec } from './deployment-target';

/** Helm's limit for a release's name, so that what charts append still is a DNS label of 63. */
const MAX_LENGTH = 53;
const HASH_LENGTH = 8;

/** `acme-slots`, as a DNS label. Joined names can be equal (`a-b/c`, `a/b-c`), so a hash tells such subjects apart. */
export function subjectName({ manifest: { provider, game } }: Pick<WorkloadSpec, 'manifest'>): string {
  const plain = `${provider}-${game}`;
  const isPlain = !provider.includes('-') && !plain.endsWith('-') && plain.length <= MAX_LENGTH;
  return isPlain ? plain : hashed(plain, `${provider}/${game}`);
}

/** `acme-slots-1-2-0`, as a DNS label; a hash tells `1.2.0-rc.1` and `1.2.0-rc-1` apart. */
export function versionName({
  manifest: { provider, game, version },
}: Pick<WorkloadSpec, 'manifest'>): string {
  const plain = `${provider}-${game}-${version}`;
  const isPlain = !provider.includes('-') && /^\d+\.\d+\.\d+$/.test(version) && plain.length <= MAX_LENGTH;
  return isPlain ? plain.replaceAll('.', '-') : hashed(plain, `${provider}/${game}@${version}`);
}

function hashed(plain: string, identity: string): string {
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, HASH_LENGTH);
  const head = plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH - HASH_LENGTH - 1)
    .replace(/-+$/, '');
  return `${head}-${hash}`;
}
