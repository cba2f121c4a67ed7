import type { IncomingHttpHeaders } from 'node:http';
import { FAULT_HEADER } from '../player-problems';
import type { Session } from '../sessions/session-tokens';
import { SESSION_HEADER, type OpenSession } from './open-session';

export const VERSION_HEADER = 'x-croupier-version';

/** They are of one connection only (RFC 9110, 7.6.1); `expect` was already answered to the player. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'];

/** What the game server gets: the player's headers, and who plays what as only the gateway may say it. */
export function toGame(headers: IncomingHttpHeaders, method: string, session: Session): IncomingHttpHeaders {
  const forwarded = without(headers, HOP_BY_HOP);
  // The token opens this gateway, which is none of the game server's business.
  if (forwarded[SESSION_HEADER] === undefined) delete forwarded.authorization;
  else delete forwarded[SESSION_HEADER];
  // Fastify reads no body of these methods, so there is none to announce.
  if (method === 'GET' || method === 'HEAD') delete forwarded['content-length'];
  forwarded['x-croupier-player'] = headerSafe(session.player);
  forwarded[VERSION_HEADER] = session.version;
  forwarded['x-croupier-market'] = session.market;
  return forwarded;
}

/** What the player gets: the game server's headers, which version answered, and the token to go on with if it is new. */
export function toPlayer(
  headers: IncomingHttpHeaders,
  { session, freshToken }: Pick<OpenSession, 'session' | 'freshToken'>,
): IncomingHttpHeaders {
  const forwarded = without(headers, HOP_BY_HOP);
  delete forwarded[FAULT_HEADER];
  delete forwarded[SESSION_HEADER];
  if (freshToken !== null) forwarded[SESSION_HEADER] = freshToken;
  forwarded[VERSION_HEADER] = session.version;
  return forwarded;
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  const kept = { ...headers };
  for (const name of names) delete kept[name];
  return kept;
}

/** Percent-encodes `%` and what is not visible ASCII: a player's name may hold any character, a header may not. */
function headerSafe(text: string): string {
  return text.replace(/[^\x21-\x24\x26-\x7e]+/g, encodeURIComponent);
}
