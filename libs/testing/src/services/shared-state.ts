import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Installing a package is what takes longest under the lock. */
const LOCK_TIMEOUT_MS = 900_000;

/** What the test processes of one user share: a lock, and the addresses of the servers that one of them started. */
export class SharedState {
  constructor(private readonly directory: string = join(tmpdir(), `croupier-testing-${userInfo().uid}`)) {}

  /** The address that an earlier launch left. */
  async addressOf(variable: string): Promise<string | undefined> {
    const text = await readFile(join(this.directory, variable), 'utf8').catch(() => '');
    return text.trim() || undefined;
  }

  async rememberAddress(variable: string, url: string): Promise<void> {
    await writeFile(join(this.directory, variable), url, { mode: 0o600 });
  }

  /** Runs `work` in one process at a time. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await this.openDirectory();
    const lock = join(this.directory, 'lock');
    const deadline = performance.now() + LOCK_TIMEOUT_MS;
    while (!(await taken(lock))) {
      if (performance.now() >= deadline) throw new Error(`${lock} is held by a process that does not end`);
      await sleep(100 + Math.random() * 100);
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  private async openDirectory(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const { uid } = await lstat(this.directory);
    if (uid !== userInfo().uid) throw new Error(`${this.directory} belongs to another user: remove it`);
  }
}

/** Written first and then linked to its name, so that a lock always has its holder's number in it. */
async function taken(lock: string): Promise<boolean> {
  const mine = `${lock}.${randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await removeIfAbandoned(lock, mine);
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}

/** Renamed before it is removed: of two processes that see the same abandoned lock only one can take it away. */
async function removeIfAbandoned(lock: string, aside: string): Promise<void> {
  const holder = await readFile(lock, 'utf8').catch(() => undefined);
  if (holder === undefined || isAlive(Number(holder))) return;
  await rm(aside, { force: true });
  await rename(lock, aside).catch(() => undefined);
  const renamed = await readFile(aside, 'utf8').catch(() => holder);
  // Between our look and our renaming another process had taken the lock: it gets it back.
  if (renamed !== holder) await link(aside, lock).catch(() => undefined);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
