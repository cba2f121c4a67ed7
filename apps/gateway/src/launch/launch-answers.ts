import type { Launch, RoutedVersion } from '@croupier/contracts';
import type { IssuedToken } from '../sessions/session-tokens';

/** A `Launch` as JSON in ASCII. All of a version's launches begin with the same text, which is made once. */
export function launchAnswer(beginning: string, { token, expiresAt }: IssuedToken): string {
  // Neither a token nor a time has a character that JSON escapes.
  return `${beginning}${token}","expiresAt":"${expiresAt}"}`;
}

export function launchBeginning(
  provider: string,
  game: string,
  { version, digest, manifestUrl }: RoutedVersion,
): string {
  const launch: Omit<Launch, 'sessionToken' | 'expiresAt'> = {
    provider,
    game,
    version,
    digest,
    manifestUrl,
    playPath: `/play/${provider}/${game}/`,
  };
  return flat(`${inAscii(JSON.stringify(launch)).slice(0, -1)},"sessionToken":"`);
}

/** JSON may name any character by its code units (RFC 8259, 7). */
function inAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same text in one piece: what is cut or joined, V8 keeps as places in other texts, and reads by way of them each time. */
export function flat(ascii: string): string {
  return Buffer.from(ascii, 'latin1').toString('latin1');
}
