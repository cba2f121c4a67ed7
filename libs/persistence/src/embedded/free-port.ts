import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below 32768, from where Linux takes the ports of outgoing connections (`ip_local_port_range` in ip(7)): a port of
 * those may be gone again before whoever asked for it listens.
 */
const RANGE = { from: 10_240, to: 32_768 };
const DRAWS = 200;

/** A loopback TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

/** Different ones. @throws when nearly all are taken */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  try {
    for (let draw = 0; held.size < count; draw += 1) {
      if (draw >= DRAWS) throw new Error(`No ${count} free ports were found in ${DRAWS} draws`);
      const port = randomInt(RANGE.from, RANGE.to);
      const server = held.has(port) ? null : await listening(port);
      if (server !== null) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map((server) => once(server.close(), 'close')));
  }
}

async function listening(port: number): Promise<Server | null> {
  const server = createServer().listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => null,
  );
}
