import type { FastifyReply } from 'fastify';
import { badRequestTarget, upstreamTimeout, upstreamUnreachable } from '../player-problems';
import type { ProblemException } from '@croupier/service-kit';

export interface Fault {
  /** False when the player's request was at fault: that must not count against the version. */
  readonly ofUpstream: boolean;
  readonly timedOut: boolean;
  readonly problem: ProblemException;
}

/** Codes of undici for requests it will not send. */
const UNSENDABLE = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);
const GATEWAY_TIMEOUT = 504;

/** Why the game server's answer did not come. */
export function faultOf(error: Error, reply: FastifyReply, version: string): Fault {
  const playerLeft = reply.raw.destroyed;
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  if (playerLeft || (typeof code === 'string' && UNSENDABLE.has(code)))
    return { ofUpstream: false, timedOut: false, problem: badRequestTarget() };
  const timedOut = (error as { statusCode?: unknown }).statusCode === GATEWAY_TIMEOUT;
  return {
    ofUpstream: true,
    timedOut,
    problem: timedOut ? upstreamTimeout(version) : upstreamUnreachable(version),
  };
}
