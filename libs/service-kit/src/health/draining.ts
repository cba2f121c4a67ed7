import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Whether the service is about to end. It is not ready then, so that balancers send it nothing new. */
@Injectable()
export class Draining {
  private started = false;

  get begun(): boolean {
    return this.started;
  }

  /** Answers of requests that were under way when it began say `connection: close` as well. */
  closeConnectionsOf(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (this.started) reply.raw.shouldKeepAlive = false;
      done(null, payload);
    });
  }

  /**
   * Goes on answering for so long, and says `connection: close` on every answer: a connection that is closed while it is
   * idle drops the request that a client is just sending on it.
   */
  async drain(server: Server, durationMs: number): Promise<void> {
    this.started = true;
    server.prependListener('request', (_request, response) => (response.shouldKeepAlive = false));
    await pause(durationMs);
  }
}
