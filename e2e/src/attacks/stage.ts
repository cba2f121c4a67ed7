import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Grant, ServiceName } from '@croupier/contracts';
import { freePort } from '@croupier/persistence';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { startPlatform, type TestPlatform } from '../platform';
import { firstJson, start, stop } from '../program';
import { IdentityProvider } from './identity-provider';

export const GAME = 'lucky-sevens';
export const PROBLEM = /^application\/problem\+json/;

/** A platform as it would be in production, with an identity provider, a provider, and what is inside its network. */
export class Stage {
  /** Requests that something inside has got; nobody outside may bring one about. */
  readonly reached: string[] = [];

  private constructor(
    readonly platform: TestPlatform,
    readonly database: FreshDatabase,
    readonly identities: IdentityProvider,
    /** Of the example provider, which may be reached by this name alone. */
    readonly providerUrl: string,
    private readonly provider: ReturnType<typeof start>,
    private readonly inside: Server,
  ) {
    inside.on('request', ({ url }) => this.reached.push(url ?? ''));
  }

  static async start(): Promise<Stage> {
    const [database, identities] = await Promise.all([freshDatabase(), IdentityProvider.start()]);
    const port = await freePort();
    const providerUrl = `http://localhost:${port}`;
    const provider = start('examples/provider/dist/main.js', [], {
      PORT: String(port),
      PUBLIC_URL: providerUrl,
    });
    const inside = createServer((_request, response) => void response.end('{"secret":"of the inside"}'));
    await once(inside.listen(0, '127.0.0.1'), 'listening');
    const [platform] = await Promise.all([
      startPlatform({
        DATABASE_URL: database.url,
        ARTIFACT_INTERNAL_HOSTS: 'localhost',
        ALERTS_INTERNAL_HOSTS: 'localhost',
        ALERTS_ATTEMPTS: '1',
        AUDIT_CHECKPOINT_MS: '200',
        HTTP_REQUEST_TIMEOUT_MS: '2000',
        HTTP_HEADERS_TIMEOUT_MS: '1000',
        RATE_LIMIT_FAILURES_PER_MINUTE: '100000',
        RATE_LIMIT_REQUESTS_PER_MINUTE: '100000',
        ...identities.variables,
      }),
      firstJson(provider),
    ]);
    return new Stage(platform, database, identities, providerUrl, provider, inside);
  }

  async stop(): Promise<void> {
    this.inside.closeAllConnections();
    this.inside.close();
    await Promise.all([this.platform.stop(), stop(this.provider), this.identities.stop()]);
    await this.database.drop();
  }

  get insidePort(): number {
    return (this.inside.address() as AddressInfo).port;
  }

  get operatorToken(): string {
    return this.platform.secrets['OPERATOR_TOKEN'] ?? '';
  }

  /** A call with a token: break-glass unless given. */
  call(
    service: ServiceName,
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    token = this.operatorToken,
  ): request.Test {
    return request(this.platform.urls[service])[method](path).set('authorization', `Bearer ${token}`);
  }

  /** A token of a person or program, such as `grants('releaser', 'acme/*')`. */
  async tokenFor(holder: string, ...grants: Partial<Grant>[]): Promise<{ id: string; token: string }> {
    const { body } = await this.call('access', 'post', '/v1/tokens')
      .send({
        ...{ name: `${holder} of the test`, holder, reason: 'the test asks', expiresInDays: 1 },
        grants: grants.map((grant) => ({ subject: '*', markets: null, ...grant })),
      })
      .expect(201);
    return body as { id: string; token: string };
  }

  /** Sends these bytes and no more, and reads until the service closes the connection. */
  async raw(service: ServiceName, sent: string): Promise<string> {
    const socket = this.connection(service);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(sent);
    return text(socket);
  }

  /** The beginning of the answer to these bytes. */
  async firstOf(service: ServiceName, sent: string): Promise<string> {
    const socket = this.connection(service);
    await once(socket, 'connect');
    socket.write(sent);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return chunk.toString();
  }

  private connection(service: ServiceName): Socket {
    const { hostname, port } = new URL(this.platform.urls[service]);
    return connect(Number(port), hostname);
  }

  /** Once the registry has refused the version: why. */
  refusalOf(version: string): Promise<string> {
    return eventually(
      async () => {
        const { body } = await this.call('registry', 'get', `/v1/rejections?game=${GAME}&version=${version}`);
        return (body.items?.[0]?.reason as string | undefined) ?? false;
      },
      { timeoutMs: 40_000 },
    );
  }

  async publish(version: string): Promise<{ manifestUrl: string; manifestSha256: string }> {
    const { body } = await request(this.providerUrl)
      .post('/publish')
      .send({ game: GAME, version, markets: ['MT'] })
      .expect(201);
    return body as { manifestUrl: string; manifestSha256: string };
  }
}
