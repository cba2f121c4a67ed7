import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TelemetryBatch, type Launch, type RoutingSnapshot, type TelemetryWindow } from '@croupier/contracts';
import { EmbeddedBus } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from './service';

const SERVICE_TOKEN = 'service-token-of-the-test';
const OPERATOR = 'Bearer operator-token-of-the-test';

/** Stands for the deployer's two endpoints and, on any other path, for a game server. */
class Surroundings {
  readonly windows = new Map<string, TelemetryWindow>();
  snapshot: RoutingSnapshot = { routingVersion: 1, subjects: [] };
  /** So many reports are stored without the gateway being told. */
  answersToLose = 0;
  url = '';
  private port = 0;
  private server: Server | null = null;

  async start(): Promise<void> {
    this.server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { pathname, searchParams } = new URL(incoming.url ?? '', this.url);
        if (!pathname.startsWith('/v1/')) return void response.end('played');
        if (incoming.headers.authorization !== `Bearer ${SERVICE_TOKEN}`)
          return void response.writeHead(401).end();
        if (pathname === '/v1/telemetry') {
          this.store(Buffer.concat(chunks));
          this.answersToLose -= 1;
          if (this.answersToLose >= 0) return void incoming.socket.destroy();
          return void response.writeHead(204).end();
        }
        const after = Number(searchParams.get('after'));
        const answer = (): void =>
          void response
            .setHeader('content-type', 'application/json')
            .end(JSON.stringify({ ...this.snapshot, since: null, gone: [] }));
        if (this.snapshot.routingVersion > after) return answer();
        const timer = setInterval(() => {
          if (this.snapshot.routingVersion > after) answer();
        }, 10);
        return void response.on('close', () => clearInterval(timer));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  /** Routes one game, whose server is this one. */
  route(version: string): void {
    this.snapshot = {
      routingVersion: this.snapshot.routingVersion + 1,
      subjects: [
        {
          provider: 'acme',
          game: 'slots',
          salt: 1,
          stable: {
            version,
            digest: 'a'.repeat(64),
            manifestUrl: `${this.url}/manifest.json`,
            endpoint: `${this.url}/game`,
            markets: ['MT'],
          },
          canary: null,
          canaryBuckets: 0,
          marketBuckets: {},
          draining: [],
          fallbacks: [],
          revoked: [],
        },
      ],
    };
  }

  counted(field: 'launches' | 'requests'): number {
    return [...this.windows.values()]
      .flatMap((window) => window.counts)
      .reduce((sum, count) => sum + count[field], 0);
  }

  private store(body: Buffer): void {
    for (const window of TelemetryBatch.parse(JSON.parse(body.toString())).windows) {
      const key = `${window.gatewayId} ${window.sequence}`;
      const known = this.windows.get(key);
      if (known) expect(window).toEqual(known);
      else this.windows.set(key, window);
    }
  }
}

describe('the gateway service', () => {
  const surroundings = new Surroundings();
  const bus = new EmbeddedBus();
  let database: FreshDatabase;
  let dataSource: DataSource;
  let stateDirectory: string;
  let gateway: RunningService;

  function start(): Promise<RunningService> {
    return startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR.slice('Bearer '.length),
        SERVICE_TOKEN,
        SESSION_SECRET: 'a secret that has at least 32 bytes',
        DEPLOYER_URL: surroundings.url,
        STATE_DIR: stateDirectory,
      },
    });
  }

  const view = (): request.Test => request(gateway.url).get('/v1/routing').set('authorization', OPERATOR);
  /** What players did so far: exactly this has to arrive as telemetry. */
  const made = { launches: 0, requests: 0 };

  async function launch(): Promise<Launch> {
    made.launches += 1;
    return (await request(gateway.url).get('/v1/launch/acme/slots?player=ann&market=MT').expect(200))
      .body as Launch;
  }

  async function play({ playPath, sessionToken }: Launch): Promise<request.Response> {
    made.requests += 1;
    return request(gateway.url)
      .post(`${playPath}spin`)
      .set('x-croupier-session', sessionToken)
      .send({ stake: 5 })
      .expect(200);
  }

  async function everythingArrives(): Promise<void> {
    await eventually(
      () =>
        surroundings.counted('launches') >= made.launches &&
        surroundings.counted('requests') >= made.requests,
    );
    expect(surroundings.counted('launches')).toBe(made.launches);
    expect(surroundings.counted('requests')).toBe(made.requests);
  }

  async function dealsBy(routingVersion: number): Promise<void> {
    await eventually(async () => (await view()).body.routingVersion === routingVersion);
  }

  beforeAll(async () => {
    database = await freshDatabase();
    stateDirectory = await mkdtemp(join(tmpdir(), 'gateway-'));
    await surroundings.start();
    surroundings.route('1.0.0');
    gateway = await start();
    dataSource = await openDataSource({ url: database.url, schema: 'gateway', migrations: [], poolSize: 1 });
    await dealsBy(surroundings.snapshot.routingVersion);
  });

  afterAll(async () => {
    await gateway.stop();
    await surroundings.stop();
    await bus.close();
    await dataSource.destroy();
    await database.drop();
    await rm(stateDirectory, { recursive: true });
  });

  it('shows operators, and nobody else, what it deals by', async () => {
    expect((await request(gateway.url).get('/v1/routing')).status).toBe(401);
    expect((await view()).body).toMatchObject({
      routingVersion: surroundings.snapshot.routingVersion,
      source: 'deployer',
      subjects: [{ provider: 'acme', game: 'slots', stable: '1.0.0', canary: null, canaryPercent: 0 }],
    });
  });

  it('follows a newer snapshot, and keeps it on disk and in the database', async () => {
    surroundings.route('1.1.0');
    const { routingVersion } = surroundings.snapshot;
    await dealsBy(routingVersion);
    expect(await launch()).toMatchObject({ version: '1.1.0' });
    await eventually(async () => {
      const file = await readFile(join(stateDirectory, 'gateway-routing.json'), 'utf8');
      return (JSON.parse(file) as RoutingSnapshot).routingVersion === routingVersion;
    });
    const rows = await eventually(async () => {
      const found = await dataSource.query<{ snapshot: RoutingSnapshot }[]>(
        'SELECT snapshot FROM routing_applied WHERE routing_version = $1',
        [routingVersion],
      );
      return found.length > 0 && found;
    });
    expect(rows[0]?.snapshot).toEqual(surroundings.snapshot);
  });

  it('plays on the hot path inside the whole service, and says so in its metrics', async () => {
    const played = await play(await launch());
    expect(played.text).toBe('played');
    expect(played.headers['x-croupier-version']).toBe('1.1.0');
    const metrics = (await request(gateway.url).get('/metrics')).text;
    expect(metrics).toMatch(/gateway_requests_total\{role="stable",outcome="ok",service="gateway"\} [1-9]/);
    expect(metrics).toMatch(/gateway_routing_version\{service="gateway"\} [1-9]/);
  });

  it('reports each count once, though answers are lost and the deployer goes away', async () => {
    const session = await launch();
    surroundings.answersToLose = 2;
    for (let index = 0; index < 5; index += 1) await play(session);
    await eventually(() => surroundings.answersToLose < 0);
    await everythingArrives();
    await surroundings.stop();
    for (let index = 0; index < 5; index += 1) expect(await launch()).toMatchObject({ version: '1.1.0' });
    await surroundings.start();
    await everythingArrives();
  });

  it('shows that it lives when nobody plays', async () => {
    const known = surroundings.windows.size;
    const { routingVersion } = surroundings.snapshot;
    await eventually(() => surroundings.windows.size >= known + 2);
    expect([...surroundings.windows.values()].at(-1)).toMatchObject({ routingVersion, counts: [] });
  });

  it('hands over its last counts when it stops, and starts again on the kept snapshot without the deployer', async () => {
    const session = await launch();
    await gateway.stop();
    const handedOver = surroundings.counted('launches');
    const due = made.launches;

    await surroundings.stop();
    gateway = await start();
    expect(handedOver).toBe(due);
    expect((await view()).body).toMatchObject({ source: 'file' });
    expect(await launch()).toMatchObject({ version: '1.1.0' });

    await surroundings.start();
    await eventually(async () => (await view()).body.source === 'deployer');
    expect((await play(session)).headers['x-croupier-version']).toBe('1.1.0');
    await everythingArrives();
  });

  it('names the variable when it has no session secret', async () => {
    const starting = startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN,
        SESSION_SECRET: 'short',
      },
    });
    await expect(starting).rejects.toThrow('SESSION_SECRET: must have at least 32 bytes');
  });
});
