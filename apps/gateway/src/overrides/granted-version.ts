import type { IncomingHttpHeaders } from 'node:http';
import { overrideRefused } from '../player-problems';
import type { Override, OverrideGrants } from './override-grants';

export const OVERRIDE_HEADER = 'x-croupier-override';
const COOKIE = /(?:^|;\s*)croupier-override=([^;\s]+)/;

/** The version that a grant in the header, or else in the cookie, lets the player have. @throws ProblemException */
export function grantedVersion(
  grants: OverrideGrants,
  headers: IncomingHttpHeaders,
  provider: string,
  game: string,
): string | undefined {
  const header = headers[OVERRIDE_HEADER];
  const grant = typeof header === 'string' ? header : COOKIE.exec(headers.cookie ?? '')?.[1];
  if (grant === undefined) return undefined;
  const override = overrideOf(grants, grant);
  // A browser sends its cookie with the launch of every game.
  return override.provider === provider && override.game === game ? override.version : undefined;
}

/** @throws ProblemException */
export function overrideOf(grants: OverrideGrants, grant: string): Override {
  const read = grants.read(grant);
  if (read.kind === 'valid') return read.override;
  throw overrideRefused(read.kind === 'expired' ? 'The grant has expired.' : 'The grant is not one of ours.');
}

/** Whether there may be a grant among the headers, as they came in: name, value, name, value. */
export function mayHoldGrant(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const { length } = name;
    if (length !== 'cookie'.length && length !== OVERRIDE_HEADER.length) continue;
    const lower = name.toLowerCase();
    if (lower === 'cookie' || lower === OVERRIDE_HEADER) return true;
  }
  return false;
}
