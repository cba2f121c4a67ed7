import type { Launch, RoutedVersion } from '@croupier/contracts';
import type { DealtVersion, PinnedVersion } from '@croupier/routing';
import type { IssuedToken } from '../sessions/session-tokens';

/** A `Launch` as JSON in ASCII. All of a version's launches begin with the same text, which is made once. */
export function launchAnswer(
  provider: string,
  game: string,
  dealt: DealtVersion | PinnedVersion,
  { token, expiresAt }: IssuedToken,
): string {
  dealt.answer ??= beginningOf(provider, game, dealt.version);
  // Neither a token nor a time has a character that JSON escapes.
  return `${dealt.answer},"sessionToken":"${token}","expiresAt":"${expiresAt}"}`;
}

function beginningOf(
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
  return flat(inAscii(JSON.stringify(launch)).slice(0, -1));
}

/** JSON may name any character by its code units (RFC 8259, 7). */
function inAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same text on its own: what is cut from a text, V8 keeps as a place in it, and reads by way of it each time. */
function flat(ascii: string): string {
  return Buffer.from(ascii, 'latin1').toString('latin1');
}
