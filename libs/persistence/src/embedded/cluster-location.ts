import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readlink, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerAccount } from './server-account';
import { isReachableByEveryone } from './traversal';

/** Where root keeps what PostgreSQL, as `nobody`, must reach from a folder that is closed to others. */
export const ROOT_STATE_DIRECTORY = '/var/lib/croupier';

export interface ClusterLocation {
  readonly home: string;
  /** A cluster is there that belonged to a directory since removed: removing a directory removes its database. */
  readonly orphaned: boolean;
}

/**
 * `<directory>/postgres`, or a link there to `/var/lib/croupier/<hash>` when the server's user cannot reach `directory`.
 */
export async function clusterLocation(directory: string, account: ServerAccount): Promise<ClusterLocation> {
  await mkdir(directory, { recursive: true });
  const real = await realpath(directory);
  const home = join(real, 'postgres');
  const existing = await lstat(home).catch(() => undefined);
  if (existing?.isSymbolicLink()) return { home: await readlink(home), orphaned: false };
  if (existing || !account || (await isReachableByEveryone(real))) return { home, orphaned: false };

  const elsewhere = join(ROOT_STATE_DIRECTORY, createHash('sha256').update(real).digest('hex').slice(0, 16));
  const orphaned = (await lstat(elsewhere).catch(() => undefined)) !== undefined;
  return { home: elsewhere, orphaned };
}

/** The folder for what root shares with the server's user. The umask may be anything. */
export async function openRootStateDirectory(): Promise<void> {
  await mkdir(ROOT_STATE_DIRECTORY, { recursive: true });
  await chmod(ROOT_STATE_DIRECTORY, 0o755);
}

/** Says in `directory` where its cluster is. */
export async function linkFrom(directory: string, home: string): Promise<void> {
  const link = join(await realpath(directory), 'postgres');
  if (link === home) return;
  await symlink(home, link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** A folder that only the server's user may read. */
export async function privateFolder(path: string, account: ServerAccount): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (account) await chown(path, account.uid, account.gid);
}
