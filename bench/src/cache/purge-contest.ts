import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { openRedis, RedisPurger } from '@croupier/cache-client';
import { startRedis } from '@croupier/testing';
import type Redis from 'ioredis';
import { OtherClient, type GetLatency } from './other-client';

const NAMESPACE = 'bench';
const PREFIX = 'game:acme/slots:1.0.0:';
const OTHER_KEYS = 10_000;
const VALUE_BYTES = 100;
const WINDOW_MS = 3_000;
const BUMPS = 200;
const UNSTOPPED = new AbortController().signal;

export interface Contest {
  /** The slowest of 200 but one. */
  readonly bumpP99Ms: number;
  readonly ours: Outcome;
  readonly peers: Outcome;
  readonly idle: GetLatency;
}

export interface Outcome {
  readonly seconds: number;
  /** Of the other client meanwhile. */
  readonly others: GetLatency;
}

/** Both remove the same keys from a Redis of their own, with another client at work; the better of `rounds` counts. */
export async function purgeContest(keys: number, rounds: number): Promise<Contest> {
  const server = await startRedis(['--enable-debug-command', 'yes']);
  const port = server.ports[0]!;
  const redis = openRedis(server.url, { commandTimeout: 60_000 }) as Redis;
  const purger = new RedisPurger(redis, NAMESPACE);
  await redis.call('DEBUG', 'POPULATE', OTHER_KEYS, 'other', VALUE_BYTES);
  const other = OtherClient.start(port, OTHER_KEYS);
  try {
    await fill(redis, keys);
    const bumpP99Ms = await bump(purger);
    const idles: GetLatency[] = [];
    const ours: Outcome[] = [];
    const peers: Outcome[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await fill(redis, keys);
      idles.push(await idle(other));
      ours.push(
        await measured(other, async () => {
          const selector = { kind: 'prefix', prefix: PREFIX } as const;
          const removed = await purger.purge(selector, { id: 'bench', signal: UNSTOPPED });
          if (removed !== keys) throw new Error(`${removed} of ${keys} keys were removed`);
        }),
      );
      await fill(redis, keys);
      peers.push(await measured(other, () => redisCli(port)));
    }
    return { bumpP99Ms, ours: fastest(ours), peers: fastest(peers), idle: median(idles) };
  } finally {
    other.stop();
    redis.disconnect();
    await server.stop();
  }
}

async function fill(redis: Redis, keys: number): Promise<void> {
  await redis.call('DEBUG', 'POPULATE', keys, `${NAMESPACE}:${PREFIX.slice(0, -1)}`, VALUE_BYTES);
}

async function bump(purger: RedisPurger): Promise<number> {
  const latenciesMs: number[] = [];
  for (let turn = 0; turn < BUMPS; turn += 1) {
    const startedMs = performance.now();
    await purger.purge({ kind: 'generation', space: PREFIX }, { id: 'bench', signal: UNSTOPPED });
    latenciesMs.push(performance.now() - startedMs);
  }
  return latenciesMs.sort((a, b) => a - b)[Math.floor(BUMPS * 0.99)] ?? Infinity;
}

async function idle(other: OtherClient): Promise<GetLatency> {
  await other.latency();
  await delay(WINDOW_MS);
  return other.latency();
}

async function measured(other: OtherClient, work: () => Promise<void>): Promise<Outcome> {
  await other.latency();
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  return { seconds, others: await other.latency() };
}

/** What everybody does by hand. */
async function redisCli(port: number): Promise<void> {
  const scan = `redis-cli -p ${port} --scan --pattern '${NAMESPACE}:${PREFIX}*'`;
  const child = spawn('sh', ['-c', `${scan} | xargs redis-cli -p ${port} unlink > /dev/null`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`redis-cli ended with ${code}`);
}

function fastest(outcomes: readonly Outcome[]): Outcome {
  return [...outcomes].sort((a, b) => a.seconds - b.seconds)[0]!;
}

function median(latencies: readonly GetLatency[]): GetLatency {
  return [...latencies].sort((a, b) => a.p99Ms - b.p99Ms)[Math.floor(latencies.length / 2)]!;
}
