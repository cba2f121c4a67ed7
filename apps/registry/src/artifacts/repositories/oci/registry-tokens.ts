import { z } from 'zod';
import type { OciSettings } from '../../artifact-config';
import type { Fetching } from '../../fetching';
import { Refused } from '../../rejections/rejection';

/** https://distribution.github.io/distribution/spec/auth/token/ */
const TokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional(),
});

/** What the specification says of a token that does not tell. */
const DEFAULT_LIFE_SECONDS = 60;
/** A token that ends within that time is not worth using. */
const MARGIN_MS = 10_000;
const TOKENS_KEPT = 500;

interface Token {
  readonly authorization: string;
  readonly validUntil: number;
}

interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a registry wants to see before it answers, kept for as long as it is good. */
export class RegistryTokens {
  private readonly tokens = new Map<string, Token>();

  /** What is known for the repository already, to be sent at first. */
  known(host: string, repository: string): Record<string, string> {
    const token = this.tokens.get(keyOf(host, repository));
    return token && token.validUntil > Date.now() ? { authorization: token.authorization } : {};
  }

  /**
   * Answers the challenge of a 401.
   *
   * @throws Refused when the registry lets nobody in with what is configured
   */
  async answer(
    challenge: string | undefined,
    { host, repository }: { readonly host: string; readonly repository: string },
    settings: OciSettings | undefined,
    fetching: Fetching,
  ): Promise<Record<string, string>> {
    const parsed = parseChallenge(challenge ?? '');
    if (parsed === null)
      throw new Refused('unreachable', `${host} lets nobody in, and does not say how to get in`);
    const token =
      parsed.scheme === 'basic'
        ? { authorization: basic(host, settings), validUntil: Infinity }
        : await fetchToken(parsed.parameters, { host, repository }, settings, fetching);
    this.keep(keyOf(host, repository), token);
    return { authorization: token.authorization };
  }

  private keep(key: string, token: Token): void {
    this.tokens.delete(key);
    this.tokens.set(key, token);
    const oldest = this.tokens.keys().next();
    if (this.tokens.size > TOKENS_KEPT && !oldest.done) this.tokens.delete(oldest.value);
  }
}

function basic(host: string, settings: OciSettings | undefined): string {
  const { username, password = '', token } = settings ?? {};
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined)
    throw new Refused('unreachable', `${host} asks for a name and a password, and none are configured`);
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function fetchToken(
  { realm = '', service, scope }: Readonly<Record<string, string>>,
  { host, repository }: { readonly host: string; readonly repository: string },
  settings: OciSettings | undefined,
  fetching: Fetching,
): Promise<Token> {
  if (!URL.canParse(realm)) throw new Refused('unreachable', `${host} names no place that gives tokens`);
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope ?? `repository:${repository}:pull`);
  // A registry may name any place. The password goes to the one that the configuration knows, and to no other.
  const trusted = url.host === (settings?.tokenHost ?? host) && settings !== undefined;
  const mayHavePassword = trusted && (settings.username !== undefined || settings.token !== undefined);
  const headers: Record<string, string> = mayHavePassword ? { authorization: basic(host, settings) } : {};
  const askedAt = Date.now();
  const { status, body } = await fetching.get(url.href, { headers, answers: [400, 401, 403] });
  const answer = status === 200 ? TokenAnswer.safeParse(jsonOf(body)) : undefined;
  const token = answer?.data?.token ?? answer?.data?.access_token;
  if (token === undefined)
    throw new Refused(
      'unreachable',
      `${host} gives no token to read ${repository}: ${url.host} answered ${status}`,
    );
  const lifeMs = (answer?.data?.expires_in ?? DEFAULT_LIFE_SECONDS) * 1000;
  return { authorization: `Bearer ${token}`, validUntil: askedAt + lifeMs - MARGIN_MS };
}

/** `Bearer realm="https://auth.example.com/token",service="registry",scope="repository:x:pull"` (RFC 9110, 11.6.1) */
export function parseChallenge(header: string): Challenge | null {
  const found = /(?:^|,\s*)(basic|bearer)\s+(.*)$/i.exec(header);
  const scheme = found?.[1]?.toLowerCase();
  if (scheme !== 'basic' && scheme !== 'bearer') return null;
  const parameters: Record<string, string> = {};
  for (const [, name = '', value = ''] of (found?.[2] ?? '').matchAll(/([a-z_]+)="([^"\\]*)"/gi))
    parameters[name.toLowerCase()] ??= value;
  return { scheme, parameters };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function keyOf(host: string, repository: string): string {
  return `${host} ${repository}`;
}
