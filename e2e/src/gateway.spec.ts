import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Launch, RoutingSnapshot } from '@croupier/contracts';
import { eventually, freshDatabase, freshNamespace, rabbit, type FreshDatabase } from '@croupier/testing';
import { RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import { start, stop } from './program';

const OPERATOR_TOKEN = 'an-operator-token-of-the-test';
const PATIENCE = { timeoutMs: 120_000, intervalMs: 100 };
const PLAYERS = Array.from({ length: 200 }, (_, index) => `player-${index}`);
const NOWHERE = 'postgres://nobody:nothing@127.0.0.1:1/nothing';

describe('a gateway with two workers', () => {
  const namespace = freshNamespace();
  let database: FreshDatabase;
  let amqpUrl: string;
  let stateDirectory: string;
  let deployer: Server;
  let deployerUrl: string;
  let game: Server;
  let gateway: ChildProcess;
  let url: string;

  async function startGateway(databaseUrl: string): Promise<void> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    gateway = start('apps/gateway/dist/main.js', [], {
      DATABASE_URL: databaseUrl,
      AMQP_URL: amqpUrl,
      NAMESPACE: namespace,
      PORT: String(port),
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN,
      SERVICE_TOKEN: 'a-service-token-of-the-test',
      SESSION_SECRET: 'a secret that has at least 32 bytes',
      DEPLOYER_URL: deployerUrl,
      STATE_DIR: stateDirectory,
      GATEWAY_WORKERS: '2',
    });
    gateway.stdout!.resume();
    gateway.stderr!.resume();
  }

  const launch = async (player: string): Promise<Launch> =>
    (await (await fetch(`${url}/v1/launch/acme/slots?player=${player}&market=MT`)).json()) as Launch;
  const dealt = async (): Promise<string[]> =>
    Promise.all(PLAYERS.map(async (player) => (await launch(player)).version));
  const deals = (): Promise<unknown> =>
    eventually(async () => (await fetch(`${url}/health/ready`)).ok, PATIENCE);

  beforeAll(async () => {
    database = await freshDatabase();
    amqpUrl = (await rabbit()).url;
    stateDirectory = await mkdtemp(join(tmpdir(), 'gateway-e2e-'));
    game = await listening(createServer((request, response) => response.end(`played ${request.url}`)));
    const snapshot = snapshotOf(urlOf(game));
    deployer = await listening(
      createServer((request, response) => {
        request.resume();
        const after = Number(new URL(request.url ?? '', 'http://deployer').searchParams.get('after'));
        if (request.url?.startsWith('/v1/telemetry') || after >= snapshot.routingVersion)
          return void setTimeout(
            () => response.writeHead(204).end(),
            after >= snapshot.routingVersion ? 500 : 0,
          );
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ ...snapshot, since: null, gone: [] }));
      }),
    );
    deployerUrl = urlOf(deployer);
    await startGateway(database.url);
    await deals();
  }, PATIENCE.timeoutMs);

  afterAll(async () => {
    await stop(gateway);
    deployer.close();
    game.closeAllConnections();
    game.close();
    await rm(stateDirectory, { recursive: true, force: true });
    await RabbitBus.deleteNamespace(amqpUrl, namespace);
    await database.drop();
  }, PATIENCE.timeoutMs);

  it('answers operators through any of them, and sums what they count', async () => {
    const authorization = `Bearer ${OPERATOR_TOKEN}`;
    await eventually(
      async () => (await fetch(`${url}/v1/routing`, { headers: { authorization } })).ok,
      PATIENCE,
    );
    expect((await fetch(`${url}/v1/routing`)).status).toBe(401);
    await dealt();
    const launches = await eventually(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return [...metrics.matchAll(/^gateway_launches_total\{.*\} (\d+)$/gm)]
        .map(([, count]) => Number(count))
        .reduce((sum, count) => sum + count, 0);
    }, PATIENCE);
    expect(launches).toBe(PLAYERS.length);
  });

  it('bounds what a connection takes, and lets no browser sniff, frame or keep its answers', async () => {
    const large = { headers: { 'x-large': 'a'.repeat(17_000) } };
    const refused = await fetch(`${url}/v1/launch/acme/slots?player=ann&market=MT`, large);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([431, 'application/problem+json']);
    const launched = await fetch(`${url}/v1/launch/acme/slots?player=ann&market=MT`);
    expect(launched.headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of ['v1/launch/acme/nothing?player=ann&market=MT', 'health/live', 'play/acme/slots/']) {
      const { headers } = await fetch(`${url}/${path}`);
      expect([path, headers.get('content-security-policy'), headers.get('cache-control')]).toEqual([
        path,
        "default-src 'none'; frame-ancestors 'none'",
        'no-store',
      ]);
    }
  });

  it('lets an operator grant a preview, and name testers that all workers know', async () => {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' };
    const granted = await fetch(`${url}/v1/overrides/grants`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ provider: 'acme', game: 'slots', version: '1.1.0' }),
    });
    const { previewPath } = (await granted.json()) as { previewPath: string };
    expect(await (await fetch(`${url}${previewPath}health`)).text()).toBe('played /health');

    const before = (await launch('ann')).version;
    const version = before === '1.0.0' ? '1.1.0' : '1.0.0';
    const testers = `${url}/v1/overrides/testers`;
    const put = (rules: object[], conditions = {}): Promise<Response> =>
      fetch(testers, {
        method: 'PUT',
        headers: { ...headers, ...conditions },
        body: JSON.stringify({ rules, reason: 'the release party' }),
      });
    const nobody = (await fetch(testers, { headers })).headers.get('etag');
    const seen = { 'if-match': nobody };
    const named = [{ provider: 'acme', game: 'slots', version, players: ['ann'] }];
    const answers = await Promise.all([put(named, seen), put(named, seen)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    await eventually(async () => {
      const versions = await Promise.all(
        Array.from({ length: 20 }, async () => (await launch('ann')).version),
      );
      return versions.every((one) => one === version);
    }, PATIENCE);
    await put([]);
    await eventually(async () => (await launch('ann')).version === before, PATIENCE);
  });

  it(
    'drops no request when its workers are replaced',
    async () => {
      const { playPath, sessionToken } = await launch('ann');
      let replaced = false;
      const done = new AbortController();
      const player = async (): Promise<number> => {
        let requests = 0;
        while (!done.signal.aborted) {
          const response = await fetch(`${url}${playPath}state`, {
            headers: { 'x-croupier-session': sessionToken },
          });
          expect(await response.text()).toBe('played /state');
          requests += 1;
        }
        return requests;
      };
      const players = Array.from({ length: 8 }, player);
      const before = await workersOf(gateway);
      gateway.kill('SIGHUP');
      await eventually(async () => {
        const now = await workersOf(gateway);
        replaced = now.length === 2 && now.every((pid) => !before.includes(pid));
        return replaced;
      }, PATIENCE);
      done.abort();
      expect((await Promise.all(players)).every((requests) => requests > 0)).toBe(true);
    },
    PATIENCE.timeoutMs,
  );

  it(
    'deals as before when everything but itself is gone, also after a cold start',
    async () => {
      const before = await dealt();
      const session = await launch('ann');
      deployer.closeAllConnections();
      deployer.close();
      expect(await dealt()).toEqual(before);

      await stop(gateway);
      await startGateway(NOWHERE);
      await deals();
      expect(await dealt()).toEqual(before);
      const played = await fetch(`${url}${session.playPath}state`, {
        headers: { 'x-croupier-session': session.sessionToken },
      });
      expect(played.headers.get('x-croupier-version')).toBe(session.version);
      expect((await fetch(`${url}/v1/routing`)).status).toBe(503);
    },
    PATIENCE.timeoutMs,
  );
});

function snapshotOf(endpoint: string): RoutingSnapshot {
  const version = (number: string) => ({
    version: number,
    digest: 'a'.repeat(64),
    manifestUrl: 'http://provider.test/manifest.json',
    endpoint,
    markets: ['MT'],
  });
  const subject = {
    provider: 'acme',
    game: 'slots',
    salt: 1,
    stable: version('1.0.0'),
    canary: version('1.1.0'),
    canaryBuckets: 5_000,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
  };
  return { routingVersion: 7, subjects: [subject] };
}

async function workersOf(program: ChildProcess): Promise<number[]> {
  const children = await readFile(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8');
  return children.trim().split(/\s+/).filter(Boolean).map(Number);
}

async function listening(server: Server): Promise<Server> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
