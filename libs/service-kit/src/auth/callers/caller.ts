import type { CallerKind, Grant } from '@croupier/contracts';
import type { FastifyRequest } from 'fastify';

/** Who has sent a request, as far as they have shown it. */
export interface Caller {
  readonly kind: CallerKind;
  /** Of the token, or of the person with their issuer: what requests are counted by. */
  readonly id: string;
  /** Who acts, for the audit trail; a default where the token is shared by many. */
  readonly actor: string;
  readonly grants: readonly Grant[];
  /** Null for what does not expire. */
  readonly expiresAt: Date | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    caller?: Caller;
  }
}

export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error(`${request.method} ${request.url} is public: nobody is known on it`);
  return request.caller;
}
