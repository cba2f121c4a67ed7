import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticationOf } from './authentication-of';

const REQUEST_ID = 'x-request-id';
const READING = ['GET', 'HEAD', 'OPTIONS'];

/** Where a change comes from, for the audit trail. */
export interface RequestOrigin {
  readonly requestId: string;
  /** Of W3C Trace Context; null unless the request tells one. */
  readonly traceId: string | null;
  /** What the actor showed who it is with; null when nobody had to. */
  readonly authentication: string | null;
}

/** A request that may change something, while it is worked on. */
interface Followed {
  /** Null until it is let in. */
  origin: RequestOrigin | null;
}

/**
 * Remembers the request that is worked on, where it may change something. An asynchronous context costs every promise
 * of the process, so there is one only while there is such a request. No interceptor: Nest binds each call through one
 * with `AsyncResource.bind`, which in Node 20 makes objects that only a full collection frees, for reading requests too.
 */
@Injectable()
export class RequestOrigins implements CanActivate {
  private readonly storage = new AsyncLocalStorage<Followed>();
  private readonly followed = new WeakSet<FastifyRequest>();
  private open = 0;

  get current(): RequestOrigin | null {
    return this.storage.getStore()?.origin ?? null;
  }

  /** From when the body is read until there is an answer. */
  followAll(fastify: FastifyInstance): void {
    fastify.addHook('preValidation', (request, _reply, done) => {
      if (READING.includes(request.method)) return done();
      this.followed.add(request);
      this.open += 1;
      this.storage.run({ origin: null }, done);
    });
    fastify.addHook('onSend', (request, _reply, payload, done) => {
      if (this.followed.delete(request)) this.open -= 1;
      if (this.open === 0) this.storage.disable();
      done(null, payload);
    });
  }

  /** After the guards that say who sends the request, and refuse it. */
  canActivate(context: ExecutionContext): boolean {
    const followed = this.storage.getStore();
    if (!followed || context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    followed.origin = originOf(http.getRequest<FastifyRequest>());
    void http.getResponse<FastifyReply>().header(REQUEST_ID, followed.origin.requestId);
    return true;
  }
}

function originOf({ headers, caller }: FastifyRequest): RequestOrigin {
  const given = headers[REQUEST_ID];
  const isGood = typeof given === 'string' && /^[A-Za-z0-9._:-]{1,100}$/.test(given);
  const traceparent = headers['traceparent'];
  const [, traceId] = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(traceparent)) ?? [];
  return {
    requestId: isGood ? given : randomUUID(),
    traceId: traceId ?? null,
    authentication: authenticationOf(caller),
  };
}
