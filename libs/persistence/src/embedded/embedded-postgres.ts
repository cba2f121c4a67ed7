import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { reasonOf } from '../connection/transient-errors';
import {
  ROOT_STATE_DIRECTORY,
  clusterLocation,
  linkFrom,
  openRootStateDirectory,
  type ClusterLocation,
} from './cluster-location';
import { PASSWORD_FILE, SUPERUSER, createCluster } from './create-cluster';
import { freePort } from './free-port';
import { postgresBinaries } from './postgres-binaries';
import { runningPostmaster, shutDown } from './postmaster';
import { serverAccount, type ServerAccount } from './server-account';
import { ServerProcess } from './server-process';

const DATABASE = 'croupier';
/** Crash recovery replays up to `max_wal_size` (1 GB) before the server answers. */
const READY_TIMEOUT_MS = 120_000;
const PORT_ATTEMPTS = 3;

/**
 * A real PostgreSQL of our own on loopback, with its data in `directory`. It asks for a password, kept beside the
 * data, and stops with this process, however this process ends.
 */
export class EmbeddedPostgres {
  private constructor(
    readonly url: string,
    /** Folder of the data, the password and the log. */
    readonly home: string,
    private readonly server: ServerProcess,
  ) {}

  static async start(o: { directory: string; port?: number }): Promise<EmbeddedPostgres> {
    const root = await serverAccount();
    if (root) await openRootStateDirectory();
    const binaries = await postgresBinaries({
      runsAsAnotherUser: root !== undefined,
      copiesDirectory: ROOT_STATE_DIRECTORY,
    });
    const location = await clusterLocation(o.directory, root);
    const { home } = location;
    await release(location);
    await linkFrom(o.directory, home);
    if (!(await ownerOf(home))) await createCluster({ binaries, account: root, home });
    const owner = await ownerOf(home);
    if (!root && owner?.uid !== process.getuid?.()) {
      throw new Error(`${home} belongs to another user. Remove it, or choose another directory.`);
    }
    const account = root && owner;
    const password = (await readFile(join(home, PASSWORD_FILE), 'utf8')).trim();

    for (let attempt = 1; ; attempt++) {
      const port = o.port ?? (await freePort());
      const server = await ServerProcess.start({ binaries, account, home, port });
      const url = (database: string): string =>
        `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
      try {
        await createDatabase(url('postgres'), server);
        return new EmbeddedPostgres(url(DATABASE), home, server);
      } catch (error) {
        await server.stop();
        const log = await server.log();
        const portTaken = /could not bind|Address already in use/.test(log);
        if (portTaken && o.port === undefined && attempt < PORT_ATTEMPTS) continue;
        throw new Error(`The embedded PostgreSQL in ${home} did not start: ${reasonOf(error)}\n${log}`, {
          cause: error,
        });
      }
    }
  }

  /** Fast shutdown: open transactions are rolled back, committed ones are kept. */
  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** Ends the server that an earlier, killed run left behind, and drops a cluster whose directory was removed. */
async function release({ home, orphaned }: ClusterLocation): Promise<void> {
  const postmaster = await runningPostmaster(join(home, 'data'));
  if (postmaster && !postmaster.orphaned && !orphaned) {
    throw new Error(
      `PostgreSQL (process ${postmaster.pid}) already runs on ${home} for another process. Stop that one, or choose another directory.`,
    );
  }
  if (postmaster) await shutDown(postmaster.pid);
  if (orphaned) await rm(home, { recursive: true, force: true });
}

async function ownerOf(home: string): Promise<ServerAccount> {
  const found = await stat(home).catch(() => undefined);
  return found && { uid: found.uid, gid: found.gid };
}

async function createDatabase(url: string, server: ServerProcess): Promise<void> {
  const client = await connected(url, server);
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${DATABASE}"`);
  } finally {
    await client.end();
  }
}

async function connected(url: string, server: ServerProcess): Promise<Client> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!server.running) throw new Error('the server ended', { cause: error });
      if (performance.now() >= deadline) throw error;
      await sleep(25);
    }
  }
}
