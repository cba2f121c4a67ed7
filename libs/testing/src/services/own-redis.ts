import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { eventually } from '../eventually';
import { freePort } from './free-port';
import { haveProgram } from './have-program';
import { OwnServer } from './own-server';
import { runProgram } from './run-program';

export interface OwnRedis {
  /** As `REDIS_URL` has it. */
  readonly url: string;
  /** Of each server that holds data. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

const NOTHING_ON_DISK = ['--save', '', '--appendonly', 'no'];
/** A cluster's second port is the first plus 10,000. */
const HIGHEST_CLUSTER_PORT = 55_000;

/** A Redis that no other test uses: for what changes its configuration, loads it, or breaks it. */
export async function startRedis(parameters: readonly string[] = []): Promise<OwnRedis> {
  return inDirectory(async (directory, started) => {
    const port = await freePort();
    started.push(await startServer(directory, port, parameters));
    return { url: `redis://127.0.0.1:${port}`, ports: [port] };
  });
}

/** Three masters without replicas. */
export async function startRedisCluster(): Promise<OwnRedis> {
  return inDirectory(async (directory, started) => {
    const ports: number[] = [];
    while (ports.length < 3) {
      const port = await freePort();
      if (port > HIGHEST_CLUSTER_PORT) continue;
      const nodeOptions = ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`];
      started.push(await startServer(directory, port, nodeOptions));
      ports.push(port);
    }
    const nodes = ports.map((port) => `127.0.0.1:${port}`);
    await runProgram('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes'], { timeoutMs: 30_000 });
    for (const port of ports)
      await withClient(port, (client) =>
        eventually(async () => (await client.cluster('INFO')).includes('cluster_state:ok'), {
          timeoutMs: 30_000,
        }),
      );
    return { url: `redis+cluster://${nodes.join(',')}`, ports };
  });
}

export interface OwnSentinel extends OwnRedis {
  /** Lets the replica take over. */
  failOver(): Promise<void>;
}

/** A master, its replica, and one sentinel that watches them. */
export async function startRedisSentinel(): Promise<OwnSentinel> {
  let sentinelPort = 0;
  const running = await inDirectory(async (directory, started) => {
    const master = await freePort();
    started.push(await startServer(directory, master, []));
    const replica = await freePort();
    started.push(await startServer(directory, replica, ['--replicaof', '127.0.0.1', String(master)]));
    sentinelPort = await freePort();
    const file = join(directory, 'sentinel.conf');
    await writeFile(
      file,
      `port ${sentinelPort}\nbind 127.0.0.1\ndir ${directory}\nsentinel monitor main 127.0.0.1 ${master} 1\n` +
        'sentinel down-after-milliseconds main 2000\n',
    );
    started.push(await OwnServer.start('redis-server', [file, '--sentinel'], sentinelPort));
    await withClient(sentinelPort, (client) =>
      eventually(async () => ((await client.call('SENTINEL', 'REPLICAS', 'main')) as unknown[]).length > 0, {
        timeoutMs: 30_000,
      }),
    );
    return { url: `redis+sentinel://127.0.0.1:${sentinelPort}/main`, ports: [master, replica] };
  });
  return {
    ...running,
    failOver: () =>
      withClient(sentinelPort, async (client) => {
        // Refused as long as the sentinel does not take the replica for good.
        await eventually(async () => (await client.call('SENTINEL', 'FAILOVER', 'main')) === 'OK', {
          timeoutMs: 30_000,
          intervalMs: 250,
        });
        await eventually(
          async () => {
            const [, port] = (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')) as string[];
            return Number(port) === running.ports[1];
          },
          { timeoutMs: 30_000 },
        );
      }),
  };
}

async function inDirectory(
  start: (directory: string, started: OwnServer[]) => Promise<Omit<OwnRedis, 'stop'>>,
): Promise<OwnRedis> {
  await haveProgram('redis-server', 'redis-server');
  const directory = await mkdtemp(join(tmpdir(), 'croupier-redis-'));
  const started: OwnServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { ...(await start(directory, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startServer(directory: string, port: number, parameters: readonly string[]): Promise<OwnServer> {
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  return OwnServer.start('redis-server', [...where, ...NOTHING_ON_DISK, ...parameters], port);
}

async function withClient<T>(port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 3 });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
