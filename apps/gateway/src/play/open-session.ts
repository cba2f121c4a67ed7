import type { IncomingHttpHeaders } from 'node:http';
import { continueSession, type DealtVersion, type PinnedVersion, type RoutingTable } from '@croupier/routing';
import {
  marketNotCertified,
  sessionExpired,
  sessionInvalid,
  sessionOfAnotherGame,
  sessionRequired,
  sessionVersionGone,
} from '../player-problems';
import type { Session, SessionTokens } from '../sessions/session-tokens';

/** In a request, the session's token; in a response, another token that the session goes on with. */
export const SESSION_HEADER = 'x-croupier-session';

export interface OpenSession {
  readonly session: Session;
  /** What it is played on. */
  readonly served: PinnedVersion | DealtVersion;
  /** The token of a session that had to leave its version; null in most cases. */
  readonly freshToken: string | null;
}

/** The session the token speaks of, and where it goes on. @throws ProblemException */
export function openSession(
  tokens: SessionTokens,
  table: RoutingTable,
  headers: IncomingHttpHeaders,
  provider: string,
  game: string,
): OpenSession {
  const token = tokenOf(headers);
  if (token === null) throw sessionRequired();
  const read = tokens.read(token);
  if (read.kind === 'expired') throw sessionExpired();
  if (read.kind === 'invalid') throw sessionInvalid();
  const { session, expiresAtSeconds } = read;
  if (session.provider !== provider || session.game !== game) throw sessionOfAnotherGame();
  const served = continueSession(table, session);
  switch (served.kind) {
    case 'pinned':
      return { session, served, freshToken: null };
    case 'dealt': {
      const moved = { ...session, version: served.version.version, chosen: false };
      return { session: moved, served, freshToken: tokens.renew(moved, expiresAtSeconds) };
    }
    case 'market-not-certified':
      throw marketNotCertified(provider, game, session.market);
    case 'version-gone':
    case 'unknown-subject':
      throw sessionVersionGone(session.version);
  }
}

/** The session header wins, so that `Authorization` may be meant for the game. */
function tokenOf(headers: IncomingHttpHeaders): string | null {
  const own = headers[SESSION_HEADER];
  if (typeof own === 'string') return own;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '');
  return bearer?.[1] ?? null;
}
