import { setTimeout as delay } from 'node:timers/promises';
import { CacheClient } from '@croupier/cache-client';
import { startRedis } from '@croupier/testing';

const CLIENTS = 1_000;
const CONNECTIONS = 20;
const KEYS = 20;
const ORIGIN_MS = 30;

/** The most requests for one key that an origin gets when all clients want every key after an invalidation. */
export async function stampede(): Promise<number> {
  const server = await startRedis();
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new CacheClient({ url: server.url, namespace: 'bench' }),
  );
  const asked = new Map<string, number>();
  const get = (client: CacheClient, key: string): Promise<string> =>
    client.version('acme/slots', '1.0.0').get(key, {
      ttlMs: 60_000,
      load: async () => {
        asked.set(key, (asked.get(key) ?? 0) + 1);
        await delay(ORIGIN_MS);
        return key;
      },
    });
  const keys = Array.from({ length: KEYS }, (_, index) => `table:${index}`);
  try {
    for (const key of keys) await get(clients[0]!, key);
    asked.clear();
    const space = clients[0]!.version('acme/slots', '1.0.0').name;
    await clients[0]!.invalidate({ kind: 'generation', space }, 'bench');
    await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) =>
        Promise.all(keys.map((key) => get(clients[index % CONNECTIONS]!, key))),
      ),
    );
    return Math.max(...keys.map((key) => asked.get(key) ?? 0));
  } finally {
    for (const client of clients) client.close();
    await server.stop();
  }
}
