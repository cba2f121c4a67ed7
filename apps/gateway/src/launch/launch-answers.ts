import type { Launch, RoutedVersion } from '@croupier/contracts';

/** Launches as JSON in ASCII. All of a version's launches begin with the same text, which is made once. */
export class LaunchAnswers {
  private readonly beginnings = new WeakMap<RoutedVersion, string>();

  answer(provider: string, game: string, version: RoutedVersion, token: string, expiresAt: string): string {
    let beginning = this.beginnings.get(version);
    if (beginning === undefined) {
      beginning = beginningOf(provider, game, version);
      this.beginnings.set(version, beginning);
    }
    // Neither a token nor a time has a character that JSON escapes.
    return `${beginning},"sessionToken":"${token}","expiresAt":"${expiresAt}"}`;
  }
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
  return inAscii(JSON.stringify(launch)).slice(0, -1);
}

/** JSON may name any character by its code units (RFC 8259, 7). */
function inAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
