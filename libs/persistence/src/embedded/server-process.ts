import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterName, shutDown } from './postmaster';
import type { PostgresBinaries } from './postgres-binaries';
import type { ServerAccount } from './server-account';

/** One `postgres` server, child of this process. It shuts down with this process, however that ends. */
export class ServerProcess {
  private constructor(
    private readonly server: ChildProcess,
    private readonly watch: ChildProcess,
    private readonly logFile: string,
  ) {}

  static async start(o: {
    binaries: PostgresBinaries;
    account: ServerAccount;
    home: string;
    port: number;
  }): Promise<ServerProcess> {
    const logFile = join(o.home, 'server.log');
    const account = o.account ?? {};
    const log = openSync(logFile, 'w', 0o600);
    try {
      if (o.account) fchownSync(log, o.account.uid, o.account.gid);
      // In a session of its own, so that Ctrl-C in a terminal does not take the database from services that drain.
      const server = spawn(o.binaries.postgres, serverArguments(join(o.home, 'data'), o.port), {
        ...account,
        cwd: o.home,
        env: serverEnvironment(o.binaries),
        stdio: ['ignore', log, log],
        detached: true,
      });
      await once(server, 'spawn');
      const watch = stopWithParent(server.pid as number, account);
      server.once('exit', () => watch.kill('SIGKILL'));
      server.unref();
      return new ServerProcess(server, watch, logFile);
    } finally {
      closeSync(log);
    }
  }

  get running(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  async log(): Promise<string> {
    return (await readFile(this.logFile, 'utf8').catch(() => '')).slice(-4_000);
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.server, 'exit');
    this.server.ref();
    await shutDown(this.server.pid as number);
    await exited;
    this.watch.kill('SIGKILL');
  }
}

/**
 * A shell that waits for the end of a pipe from this process and then asks the server for a fast shutdown.
 * The pipe ends with this process even on SIGKILL, which no exit or signal handler of ours would see.
 */
function stopWithParent(
  serverPid: number,
  account: Exclude<ServerAccount, undefined> | object,
): ChildProcess {
  const watch = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(serverPid)], {
    ...account,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.on('error', () => undefined);
  watch.stdin?.on('error', () => undefined);
  (watch.stdin as unknown as { unref(): void }).unref();
  watch.unref();
  return watch;
}

export function serverArguments(dataDirectory: string, port: number): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    // A 2xx answer promises that what was accepted survives a power cut.
    fsync: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    cluster_name: clusterName(process.pid),
  };
  return [
    '-D',
    dataDirectory,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Nothing of ours: PGDATA, PGPORT and the like would change what the server does. */
export function serverEnvironment(binaries: PostgresBinaries): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: binaries.libraries,
  };
}
