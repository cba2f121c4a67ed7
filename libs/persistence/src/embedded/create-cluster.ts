import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { privateFolder } from './cluster-location';
import type { PostgresBinaries } from './postgres-binaries';
import type { ServerAccount } from './server-account';
import { serverEnvironment } from './server-process';

export const SUPERUSER = 'postgres';
export const PASSWORD_FILE = 'password';

/**
 * A new cluster in `home`: `data/`, and the superuser's password in a file that only the server's user may read.
 * It appears under its name when it is whole.
 */
export async function createCluster(o: {
  binaries: PostgresBinaries;
  account: ServerAccount;
  home: string;
}): Promise<void> {
  const unfinished = `${o.home}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await privateFolder(unfinished, o.account);
  const passwordFile = join(unfinished, PASSWORD_FILE);
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  if (o.account) await chown(passwordFile, o.account.uid, o.account.gid);
  await runInitdb(o, ['--pgdata', join(unfinished, 'data'), '--pwfile', passwordFile], unfinished);
  await rename(unfinished, o.home);
}

async function runInitdb(
  o: { binaries: PostgresBinaries; account: ServerAccount },
  paths: string[],
  cwd: string,
): Promise<void> {
  const settings = [
    `--username=${SUPERUSER}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  try {
    await promisify(execFile)(o.binaries.initdb, [...paths, ...settings], {
      ...(o.account ?? {}),
      cwd,
      env: serverEnvironment(o.binaries),
      timeout: 120_000,
    });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`initdb could not create a database cluster in ${cwd}: ${stderr?.trim() || message}`, {
      cause: error,
    });
  }
}
