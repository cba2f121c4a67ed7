import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Takes a request that it will answer itself, or leaves it untouched to the router: false. */
export type TakeRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

/** For the one kind of request whose cost counts. While the service stops, all goes to the router, which refuses. */
export function takeAheadOfRouter(fastify: FastifyInstance, take: TakeRequest): void {
  const { server } = fastify;
  const listeners = server.listeners('request') as RequestListener[];
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!stopping && take(request, response)) return;
    for (const listener of listeners) void listener.call(server, request, response as never);
  });
}
