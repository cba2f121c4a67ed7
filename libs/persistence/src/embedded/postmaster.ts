import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** How long a server may take to finish a fast shutdown, in milliseconds, before it is killed. */
export const SHUTDOWN_TIMEOUT_MS = 20_000;

export interface Postmaster {
  readonly pid: number;
  /** The process that started it is gone. */
  readonly orphaned: boolean;
}

/** `cluster_name` of a server, by which a later run recognises whether its starter still lives. */
export function clusterName(starterPid: number): string {
  return `croupier-${starterPid}`;
}

/**
 * The server that runs on `dataDirectory`. A `postmaster.pid` whose process is gone, or is by now another program
 * with the same number (usual when a container restarts), is removed: PostgreSQL would refuse to start over it.
 */
export async function runningPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const file = join(dataDirectory, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const pid = Number.parseInt(text, 10);
  const seen = pid > 0 ? await processOf(pid) : undefined;
  if (!seen?.command.includes(dataDirectory)) {
    await rm(file, { force: true });
    return undefined;
  }
  const starter = /cluster_name=croupier-(\d+)/.exec(seen.command)?.[1];
  return { pid, orphaned: starter !== undefined && Number(starter) !== seen.parentPid };
}

/** Fast shutdown (https://www.postgresql.org/docs/current/server-shutdown.html), then SIGKILL. */
export async function shutDown(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await gone(pid, SHUTDOWN_TIMEOUT_MS)) return;
  signal(pid, 'SIGKILL');
  await gone(pid, 5_000);
}

async function gone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (signal(pid, 0)) {
    if (performance.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function processOf(pid: number): Promise<{ parentPid: number; command: string } | undefined> {
  try {
    if (process.platform === 'linux') {
      const [stat, command] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile(`/proc/${pid}/cmdline`, 'utf8'),
      ]);
      // proc(5): pid (comm) state ppid ... ; comm may itself hold spaces and parentheses.
      const parentPid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return { parentPid, command: command.replaceAll('\0', ' ') };
    }
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)]);
    const line = /^\s*(\d+)\s+(.*)$/m.exec(stdout);
    return line ? { parentPid: Number(line[1]), command: line[2] ?? '' } : undefined;
  } catch {
    return undefined;
  }
}
