import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const AUDIENCE = 'croupier';
const KID = 'first';

interface Forgery {
  readonly header?: object;
  readonly claims?: object;
  readonly signature?: (signed: string) => string;
}

/** Tokens as an OpenID Connect provider makes them, and as those make them who would like to be one. */
export class IdentityProvider {
  readonly publicPem: string;
  private readonly privateKey: KeyObject;
  private readonly jwks: string;

  private constructor(private readonly server: Server) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.privateKey = privateKey;
    this.publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const key = { ...publicKey.export({ format: 'jwk' }), kid: KID, alg: 'RS256', use: 'sig' };
    this.jwks = JSON.stringify({ keys: [key] });
    server.on('request', (_request, response) =>
      response.setHeader('content-type', 'application/json').end(this.jwks),
    );
  }

  static async start(): Promise<IdentityProvider> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new IdentityProvider(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get variables(): Record<string, string> {
    return {
      OIDC_ISSUER: this.url,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_JWKS_URL: `${this.url}/keys`,
      OIDC_GRANTS: JSON.stringify({ viewers: [{ role: 'viewer', subject: '*' }] }),
    };
  }

  /** A good token, but for what is forged. */
  token({ header, claims, signature = (signed) => this.signed(signed) }: Forgery = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const head = encoded({ alg: 'RS256', kid: KID, typ: 'JWT', ...header });
    const body = encoded({
      ...{ iss: this.url, aud: AUDIENCE, sub: 'anna', groups: ['viewers'], iat: now, exp: now + 300 },
      ...claims,
    });
    return `${head}.${body}.${signature(`${head}.${body}`)}`;
  }

  signed(text: string, key = this.privateKey): string {
    return sign('sha256', Buffer.from(text), key).toString('base64url');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

export function macOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
