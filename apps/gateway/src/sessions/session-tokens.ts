import { randomUUID } from 'node:crypto';
import { TOKEN_ERROR_CODES, createSigner, createVerifier } from 'fast-jwt';

/** A player's session of one game: it stays on its version until it ends. */
export interface Session {
  readonly player: string;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly market: string;
}

export type ReadToken =
  | { readonly kind: 'open'; readonly session: Session }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

interface Claims {
  readonly sub: string;
  readonly prv: string;
  readonly gam: string;
  readonly ver: string;
  readonly mkt: string;
  readonly sid: string;
  readonly iat: number;
  readonly exp: number;
}

const REQUIRED_CLAIMS = ['sub', 'prv', 'gam', 'ver', 'mkt', 'sid', 'iat', 'exp'] satisfies (keyof Claims)[];
const CACHED_TOKENS = 10_000;
const CACHE_TTL_MS = 60_000;

/** Session tokens: JWT (RFC 7519) signed with HS256. The signature makes the claims true; nothing is stored. */
export class SessionTokens {
  private readonly sign: (claims: Claims) => string;
  private readonly verify: (token: string) => Claims;

  constructor(
    secret: string,
    private readonly ttlSeconds: number,
  ) {
    this.sign = createSigner<Claims>({ key: secret, algorithm: 'HS256' });
    this.verify = createVerifier<string>({
      key: secret,
      algorithms: ['HS256'],
      requiredClaims: REQUIRED_CLAIMS,
      cache: CACHED_TOKENS,
      cacheTTL: CACHE_TTL_MS,
    });
  }

  issue(session: Session): IssuedToken {
    const iat = Math.floor(Date.now() / 1000);
    const exp = iat + this.ttlSeconds;
    const { player: sub, provider: prv, game: gam, version: ver, market: mkt } = session;
    const token = this.sign({ sub, prv, gam, ver, mkt, sid: randomUUID(), iat, exp });
    return { token, expiresAt: new Date(exp * 1000) };
  }

  read(token: string): ReadToken {
    try {
      const { sub: player, prv: provider, gam: game, ver: version, mkt: market } = this.verify(token);
      return { kind: 'open', session: { player, provider, game, version, market } };
    } catch (error) {
      return { kind: hasExpired(error) ? 'expired' : 'invalid' };
    }
  }
}

function hasExpired(error: unknown): boolean {
  return (error as { code?: unknown }).code === TOKEN_ERROR_CODES.expired;
}
