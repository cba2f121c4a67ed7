import type { IncomingHttpHeaders } from 'node:http';
import { findVersion, type PinnedVersion, type RoutingTable } from '@croupier/routing';
import {
  marketNotCertified,
  sessionExpired,
  sessionInvalid,
  sessionOfAnotherGame,
  sessionRequired,
  sessionVersionGone,
} from '../player-problems';
import type { Session, SessionTokens } from '../sessions/session-tokens';

export const SESSION_HEADER = 'x-croupier-session';

/** The session the token speaks of. @throws ProblemException */
export function openSession(
  tokens: SessionTokens,
  headers: IncomingHttpHeaders,
  provider: string,
  game: string,
): Session {
  const token = tokenOf(headers);
  if (token === null) throw sessionRequired();
  const read = tokens.read(token);
  switch (read.kind) {
    case 'expired':
      throw sessionExpired();
    case 'invalid':
      throw sessionInvalid();
    case 'open':
      if (read.session.provider !== provider || read.session.game !== game) throw sessionOfAnotherGame();
      return read.session;
  }
}

/** The version the session began with, as long as it is served in the session's market. @throws ProblemException */
export function pinnedVersionOf(table: RoutingTable, session: Session): PinnedVersion {
  const { provider, game, market } = session;
  const pinned = findVersion(table, provider, game, session.version);
  if (pinned === undefined) throw sessionVersionGone(session.version);
  if (!pinned.version.markets.includes(market)) throw marketNotCertified(provider, game, market);
  return pinned;
}

/** The session header wins, so that `Authorization` may be meant for the game. */
function tokenOf(headers: IncomingHttpHeaders): string | null {
  const own = headers[SESSION_HEADER];
  if (typeof own === 'string') return own;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '');
  return bearer?.[1] ?? null;
}
