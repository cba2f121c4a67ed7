import { createPrivateKey, randomUUID, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OciPush, startOciRegistry, type RunningOciRegistry } from '@croupier/testing';
import { ArtifactConfig, type OciSettings } from '../../artifact-config';
import { ArtifactSources } from '../../artifact-sources';
import type { LocatedArtifact } from '../artifact-repository';

const ISSUER = 'token-server-of-the-test';
const SERVICE = 'registry-of-the-test';

/** The token server of a registry, as https://distribution.github.io/distribution/spec/auth/token/ describes it. */
class TokenServer {
  readonly asked: IncomingMessage[] = [];
  /** Who is let in; everybody when null. */
  credentials: string | null = null;
  expiresIn = 300;
  private readonly server: Server = createServer((request, response) => {
    this.asked.push(request);
    const { searchParams } = new URL(request.url ?? '', 'http://token.test');
    if (this.credentials !== null && request.headers.authorization !== this.credentials)
      response.writeHead(401).end();
    else {
      const [type = '', name = '', actions = ''] = (searchParams.get('scope') ?? '').split(':');
      const token = this.issue({ type, name, actions: actions.split(',') });
      response.end(JSON.stringify({ token, expires_in: this.expiresIn }));
    }
  });

  constructor(
    private readonly key: KeyObject,
    private readonly certificate: X509Certificate,
  ) {}

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  issue(access: { type: string; name: string; actions: string[] }): string {
    const now = Math.floor(Date.now() / 1000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = { typ: 'JWT', alg: 'ES256', x5c: [this.certificate.raw.toString('base64')] };
    const claims = {
      iss: ISSUER,
      aud: SERVICE,
      sub: '',
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: randomUUID(),
    };
    const signed = `${part(header)}.${part({ ...claims, access: [access] })}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

describe('a registry that does not let everybody in', () => {
  let tokens: TokenServer;
  let byToken: RunningOciRegistry;
  let byPassword: RunningOciRegistry;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'croupier-token-'));
    const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const out = ['-keyout', keyFile, '-out', certificateFile, '-days', '2', '-subj', `/CN=${ISSUER}`];
    execFileSync('openssl', ['req', '-x509', ...curve, ...out], { stdio: 'ignore' });
    const certificate = readFileSync(certificateFile, 'utf8');
    tokens = new TokenServer(createPrivateKey(readFileSync(keyFile)), new X509Certificate(certificate));
    rmSync(folder, { recursive: true });
    await tokens.start();
    const realm = `http://${tokens.host}/token`;
    [byToken, byPassword] = await Promise.all([
      startOciRegistry({ tokenAuth: { realm, service: SERVICE, issuer: ISSUER, certificate } }),
      // reader, and registry-secret by bcrypt.
      startOciRegistry({ htpasswd: 'reader:$2b$04$WTGjHl.7ETYaBIkogufsVeLixMFcgIHRSyW3K2qaA9mXmOixkWgx.\n' }),
    ]);
    const bearer = tokens.issue({ type: 'repository', name: 'slots', actions: ['pull', 'push'] });
    await push(byToken, { authorization: `Bearer ${bearer}` });
    await push(byPassword, { authorization: basic('reader', 'registry-secret') });
  });
  beforeEach(() => {
    tokens.asked.length = 0;
    tokens.credentials = null;
  });
  afterAll(() => Promise.all([tokens.stop(), byToken.stop(), byPassword.stop()]));

  async function push({ host }: RunningOciRegistry, headers: Record<string, string>): Promise<void> {
    await new OciPush(host, 'slots', headers).files({ 'croupier.json': '{}' }, { tag: '1.0.0' });
  }

  const basic = (name: string, password: string): string =>
    `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

  async function locate(
    { host }: RunningOciRegistry,
    settings: Partial<OciSettings> = {},
    times = 1,
  ): Promise<LocatedArtifact | undefined> {
    const repository = { kind: 'oci', host, plainHttp: true, ...settings };
    const sources = new ArtifactSources(
      new ArtifactConfig({
        ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
        ARTIFACT_SOURCES: JSON.stringify({ repositories: [repository] }),
      }),
    );
    try {
      let located: LocatedArtifact | undefined;
      for (let time = 0; time < times; time += 1)
        located = await sources.locate(
          { kind: 'manifest', url: `oci://${host}/slots:1.0.0` },
          sources.fetching(),
        );
      return located;
    } finally {
      await sources.onApplicationShutdown();
    }
  }

  it('is asked with a token for the repository, which is kept for as long as it is good', async () => {
    expect((await locate(byToken, {}, 3))?.manifest.toString()).toBe('{}');
    expect(tokens.asked).toHaveLength(1);
    const { searchParams } = new URL(tokens.asked[0]?.url ?? '', 'http://token.test');
    expect(Object.fromEntries(searchParams)).toEqual({ service: SERVICE, scope: 'repository:slots:pull' });
  });

  it('gets a new token when the one before is no longer worth using', async () => {
    tokens.expiresIn = 1;
    await locate(byToken, {}, 2);
    expect(tokens.asked.length).toBeGreaterThan(1);
    tokens.expiresIn = 300;
  });

  it('has the password sent to the token server that is configured', async () => {
    tokens.credentials = basic('reader', 'secret');
    const login = { username: 'reader', password: 'secret', tokenHost: tokens.host };
    expect((await locate(byToken, login))?.digest).toMatch(/^sha256:/);
  });

  it('has the password sent to no other server, whatever realm the registry names', async () => {
    tokens.credentials = basic('reader', 'secret');
    await expect(locate(byToken, { username: 'reader', password: 'secret' })).rejects.toThrow(
      /gives no token/,
    );
    expect(tokens.asked[0]?.headers.authorization).toBeUndefined();
  });

  it('is asked with a name and a password where it wants these', async () => {
    const login = { username: 'reader', password: 'registry-secret' };
    expect((await locate(byPassword, login))?.manifest.toString()).toBe('{}');
    await expect(locate(byPassword, { ...login, password: 'wrong' })).rejects.toThrow(
      /does not let us read slots/,
    );
    await expect(locate(byPassword)).rejects.toThrow(/none are configured/);
  });
});
