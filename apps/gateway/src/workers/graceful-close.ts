import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface GraceMs {
  /** For clients to use the connections that they keep, and to hear that these will be closed. */
  readonly idle: number;
  /** For requests that are under way by then. */
  readonly busy: number;
}

/** Soon after the last connection has gone. */
const LOOK_MS = 20;

/** Says `connection: close` on every answer from now on, and takes new connections all the same. */
export function closeConnectionsByAnswers(server: Server): void {
  server.prependListener('request', (_request, response) => (response.shouldKeepAlive = false));
}

/**
 * Takes no connection any more, says `connection: close` on those there are, and closes what is left when its time is
 * up. Closing idle connections at once, as `server.close()` does, would drop a request that is just being sent.
 */
export async function closeGracefully(server: Server, grace: GraceMs): Promise<void> {
  let closed = false;
  NetServer.prototype.close.call(server, () => (closed = true));
  closeConnectionsByAnswers(server);
  const until = async (deadline: number): Promise<void> => {
    while (!closed && performance.now() < deadline) await pause(LOOK_MS);
  };
  const startedAt = performance.now();
  await until(startedAt + grace.idle);
  server.closeIdleConnections();
  await until(startedAt + grace.idle + grace.busy);
  server.closeAllConnections();
}
