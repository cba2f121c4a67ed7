import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Launch, Problem, RoutedVersion, SubjectRoute, TelemetryCount } from '@croupier/contracts';
import { compileRoutes } from '@croupier/routing';
import { Metrics } from '@croupier/service-kit';
import fastify, { type FastifyInstance } from 'fastify';
import { LaunchHandler } from './launch/launch-game';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { mergeCounts } from './telemetry/live-counts';
import { OverrideGrants } from './overrides/override-grants';
import { TesterList, Testers } from './overrides/testers';
import { registerPlayerRoutes } from './player-routes';
import { CurrentRouting } from './routing/current-routing';
import { pinOf, SessionTokens } from './sessions/session-tokens';
import { TelemetryWindows } from './telemetry/telemetry-windows';

const SECRET = 'a secret that has at least 32 bytes';
const TIMEOUT_MS = 2_000;
const THRESHOLD_MS = 150;
const MAX_IN_FLIGHT = 3;
const HALF = 5_000;

/** A game server that tells what reached it, and misbehaves on some paths. */
class GameServer {
  readonly seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  readonly hanging: ServerResponse[] = [];
  url = '';
  connections = 0;
  private readonly server: Server;

  constructor(readonly version: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on('connection', () => (this.connections += 1));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  routed(change: Partial<RoutedVersion> = {}): RoutedVersion {
    return {
      version: this.version,
      digest: 'a'.repeat(64),
      manifestUrl: `http://provider.test/${this.version}/manifest.json`,
      endpoint: this.url,
      markets: ['MT', 'SE'],
      ...change,
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    try {
      for await (const chunk of request) body += String(chunk);
    } catch {
      return;
    }
    const url = request.url ?? '';
    this.seen.push({ method: request.method ?? '', url, headers: request.headers, body });
    if (url.includes('/hang')) return void this.hanging.push(response);
    if (url.includes('/reset')) return void request.socket.destroy();
    if (url.includes('/half')) {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      return void setImmediate(() => request.socket.destroy());
    }
    const status = Number(/status-(\d+)/.exec(url)?.[1] ?? 200);
    if (url.includes('/slow')) await new Promise((resolve) => setTimeout(resolve, THRESHOLD_MS + 50));
    response.writeHead(status, {
      'content-type': 'text/plain',
      'x-game': 'yes',
      'x-croupier-fault': 'gateway',
    });
    response.end(request.method === 'HEAD' ? undefined : `${this.version} ${request.method} ${url} ${body}`);
  }
}

describe('player routes', () => {
  let one: GameServer;
  let two: GameServer;
  let gateway: FastifyInstance;
  let url: string;
  let routing: CurrentRouting;
  let telemetry: TelemetryWindows;
  let routingVersion = 0;
  const testers = { list: TesterList.NOBODY };

  function route(change: Partial<SubjectRoute>): void {
    const subject: SubjectRoute = {
      provider: 'acme',
      game: 'slots',
      salt: 42,
      stable: one.routed(),
      canary: null,
      canaryBuckets: 0,
      marketBuckets: {},
      draining: [],
      fallbacks: [],
      revoked: [],
      ...change,
    };
    routingVersion += 1;
    const snapshot = { routingVersion, subjects: [subject] };
    routing.swap({ table: compileRoutes(snapshot), snapshot, appliedAt: new Date(), source: 'deployer' });
  }

  async function launch(player: string, market = 'MT'): Promise<Launch> {
    const response = await fetch(`${url}/v1/launch/acme/slots?player=${player}&market=${market}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Launch;
  }

  function play(session: Launch, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${session.sessionToken}`, ...init.headers };
    return fetch(url + session.playPath + path, { ...init, headers });
  }

  const counted: TelemetryCount[] = [];

  /** What telemetry has of a version, once as many requests were counted as are expected. */
  async function countsOf(version: string, requests: number): Promise<Partial<TelemetryCount>> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      telemetry.close();
      for (const window of telemetry.batch()) counted.push(...window.counts);
      telemetry.acknowledge();
      const [count] = mergeCounts([], counted).filter((candidate) => candidate.version === version);
      if ((count?.requests ?? 0) >= requests || performance.now() > deadline) return count ?? {};
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  beforeEach(async () => {
    counted.length = 0;
    testers.list = TesterList.NOBODY;
    [one, two] = await Promise.all([new GameServer('1.0.0').start(), new GameServer('1.1.0').start()]);
    routing = new CurrentRouting();
    telemetry = new TelemetryWindows('3f0d8c1e-58c5-4b8e-9d8e-6f4f3a0f5c11', routing);
    gateway = fastify();
    const parts = {
      routing,
      tokens: new SessionTokens(SECRET, 3600),
      telemetry,
      metrics: new GatewayMetrics(new Metrics('gateway')),
      grants: new OverrideGrants(SECRET),
      testers,
    };
    await registerPlayerRoutes(gateway, {
      ...parts,
      launches: new LaunchHandler(parts),
      latencyThresholdMs: THRESHOLD_MS,
      upstreamTimeoutMs: TIMEOUT_MS,
      upstreamMaxInFlight: MAX_IN_FLIGHT,
    });
    url = await gateway.listen({ port: 0, host: '127.0.0.1' });
    route({});
  });

  afterEach(async () => {
    await Promise.all([one.stop(), two.stop()]);
    gateway.server.closeAllConnections();
    await gateway.close();
  });

  describe('a launch', () => {
    it('gives the version, its manifest and a session', async () => {
      const response = await fetch(`${url}/v1/launch/acme/slots?player=ann&market=MT`);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({
        provider: 'acme',
        game: 'slots',
        version: '1.0.0',
        digest: 'a'.repeat(64),
        manifestUrl: 'http://provider.test/1.0.0/manifest.json',
        playPath: '/play/acme/slots/',
        sessionToken: expect.any(String),
        expiresAt: expect.any(String),
      });
    });

    it('splits players between stable and canary, each the same way every time', async () => {
      route({ canary: two.routed(), canaryBuckets: HALF });
      const players = Array.from({ length: 400 }, (_, index) => `player-${index}`);
      const first = await Promise.all(players.map(async (player) => (await launch(player)).version));
      const again = await Promise.all(players.map(async (player) => (await launch(player)).version));
      expect(again).toEqual(first);
      const canaries = first.filter((version) => version === '1.1.0').length;
      expect(canaries).toBeGreaterThan(140);
      expect(canaries).toBeLessThan(260);
      const launches = (await countsOf('1.1.0', 0)).launches;
      expect(launches).toBe(2 * canaries);
    });

    it.each([
      ['no player', 'market=MT', ['player']],
      ['an empty player', 'player=&market=MT', ['player']],
      ['two players', 'player=a&player=b&market=MT', ['player']],
      ['no market', 'player=ann', ['market']],
      ['no such market', 'player=ann&market=malta', ['market']],
      ['nothing at all', '', ['player', 'market']],
    ])('is refused with %s, and the field is named', async (_what, query, fields) => {
      const response = await fetch(`${url}/v1/launch/acme/slots?${query}`);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      const problem = (await response.json()) as Problem;
      expect(problem.type).toMatch(/invalid-query$/);
      expect(problem.errors?.map(({ field }) => field)).toEqual(fields);
    });

    it.each([
      ['an unknown game', '/v1/launch/acme/poker?player=ann&market=MT', 404, 'unknown-game'],
      [
        'a market without certificate',
        '/v1/launch/acme/slots?player=ann&market=DE',
        403,
        'market-not-certified',
      ],
    ])('is refused for %s', async (_what, path, status, slug) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(status);
      expect(((await response.json()) as Problem).type).toBe(`https://croupier.dev/problems/${slug}`);
    });
  });

  describe('an override', () => {
    const grants = new OverrideGrants(SECRET);
    const { grant } = grants.issue({ provider: 'acme', game: 'slots', version: '1.1.0' }, 3_600);
    const launchWith = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/v1/launch/acme/slots?player=ann&market=MT`, { headers });

    beforeEach(() => route({ canary: two.routed(), canaryBuckets: 0 }));

    it.each([
      ['the header', { 'x-croupier-override': grant }],
      ['a cookie', { cookie: `theme=dark; croupier-override=${grant}` }],
    ])('by %s gives the version that was granted, and is not counted', async (_by, headers) => {
      const session = (await (await launchWith(headers)).json()) as Launch;
      expect(session.version).toBe('1.1.0');
      expect(await (await play(session, 'spin')).text()).toBe('1.1.0 GET /spin ');
      await (await play(await launch('bob'), 'spin')).text();
      expect(await countsOf('1.0.0', 1)).toMatchObject({ requests: 1, launches: 1 });
      expect(counted.filter(({ version }) => version === '1.1.0')).toEqual([]);
    });

    it('is for players and groups of the list of testers, and for nobody else', async () => {
      testers.list = new TesterList(
        Testers.parse({
          groups: { qa: ['ann'] },
          rules: [{ provider: 'acme', game: 'slots', version: '1.1.0', groups: ['qa'], players: ['carl'] }],
        }),
      );
      const versions = await Promise.all(
        ['ann', 'bob', 'carl'].map(async (player) => (await launch(player)).version),
      );
      expect(versions).toEqual(['1.1.0', '1.0.0', '1.1.0']);
    });

    it('gives no version that may not be served in the market', async () => {
      route({ canary: two.routed({ markets: ['SE'] }) });
      const refused = await launchWith({ 'x-croupier-override': grant });
      expect(refused.status).toBe(403);
      expect(((await refused.json()) as Problem).type).toMatch(/override-refused$/);
    });

    it.each([
      ['made up', 'o1~zzzzzz~acme~slots~1.1.0~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
      ['expired', grants.issue({ provider: 'acme', game: 'slots', version: '1.1.0' }, -1).grant],
      [
        'of a version that is not routed',
        grants.issue({ provider: 'acme', game: 'slots', version: '9.9.9' }, 3_600).grant,
      ],
    ])('is refused when it is %s', async (_what, presented) => {
      const refused = await launchWith({ 'x-croupier-override': presented });
      expect(refused.status).toBe(403);
      expect(((await refused.json()) as Problem).type).toMatch(/override-refused$/);
    });

    it('of another game is none', async () => {
      const other = grants.issue({ provider: 'acme', game: 'poker', version: '9.9.9' }, 3_600).grant;
      const { version } = (await (
        await launchWith({ cookie: `croupier-override=${other}` })
      ).json()) as Launch;
      expect(version).toBe('1.0.0');
    });

    it('has an address under which its version answers before any player gets it', async () => {
      const seen = await fetch(`${url}/preview/${grant}/health?x=1`);
      expect(seen.headers.get('x-croupier-version')).toBe('1.1.0');
      expect(await seen.text()).toBe('1.1.0 GET /health?x=1 ');
      expect((await fetch(`${url}/preview/${grant}x/health`)).status).toBe(403);
      expect(await countsOf('1.1.0', 0)).toEqual({});
    });
  });

  describe('a game server among several', () => {
    it('that is down costs no idempotent request, and counts against its version', async () => {
      await two.stop();
      route({ stable: one.routed({ replicas: [two.url] }) });
      const session = await launch('ann');
      for (let request = 0; request < 20; request += 1)
        expect(await (await play(session, 'state')).text()).toBe('1.0.0 GET /state ');
      const { errors = 0 } = await countsOf('1.0.0', 20);
      expect(errors).toBeGreaterThan(0);
      expect(errors).toBeLessThan(20);
      await two.start();
    });

    it('is asked once for what is not idempotent', async () => {
      const session = await launch('ann');
      expect((await play(session, 'reset', { method: 'POST', body: 'x' })).status).toBe(502);
      expect(one.seen).toHaveLength(1);
      expect((await play(session, 'reset')).status).toBe(502);
      expect(one.seen).toHaveLength(1 + 3);
    });
  });

  it('copies idempotent requests to a canary that is mirrored to, marked and not counted', async () => {
    route({ canary: two.routed(), canaryBuckets: 0, mirrorBuckets: 10_000 });
    const session = await launch('ann');
    await (await play(session, 'state?x=1')).text();
    await (await play(session, 'spin', { method: 'POST', body: 'x' })).text();
    while (two.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(one.seen.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(two.seen).toMatchObject([
      {
        method: 'GET',
        url: '/state?x=1',
        headers: { 'x-croupier-mirrored': 'true', 'x-croupier-version': '1.1.0', 'x-croupier-player': 'ann' },
      },
    ]);
    expect(await countsOf('1.0.0', 2)).toMatchObject({ requests: 2 });
    expect(counted.filter(({ version }) => version === '1.1.0')).toEqual([]);
  });

  it('asks to come back while there is no routing', async () => {
    const session = await launch('ann');
    Object.assign(routing, { current: null });
    for (const response of [
      await fetch(`${url}/v1/launch/acme/slots?player=ann&market=MT`),
      await play(session, 'spin'),
    ]) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(((await response.json()) as Problem).type).toMatch(/no-routing$/);
    }
  });

  describe('a session', () => {
    it('stays on its version through a canary, a promotion and a rollback', async () => {
      const old = await launch('ann');
      route({ canary: two.routed(), canaryBuckets: 10_000 });
      const fresh = await launch('ann');
      expect([old.version, fresh.version]).toEqual(['1.0.0', '1.1.0']);

      const moments: Partial<SubjectRoute>[] = [
        { canary: two.routed(), canaryBuckets: 10_000 },
        { stable: two.routed(), draining: [one.routed()] },
        { stable: one.routed(), draining: [two.routed()] },
      ];
      for (const moment of moments) {
        route(moment);
        for (const session of [old, fresh]) {
          const response = await play(session, 'spin');
          expect(response.status).toBe(200);
          expect(response.headers.get('x-croupier-version')).toBe(session.version);
          expect(await response.text()).toBe(`${session.version} GET /spin `);
        }
      }
    });

    it('stays on its version when the swap comes in the middle of a request', async () => {
      const session = await launch('ann');
      const response = play(session, 'slow');
      while (one.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
      route({ stable: two.routed(), draining: [one.routed()] });
      expect(await (await response).text()).toBe('1.0.0 GET /slow ');
    });

    it('is told to launch again when its version is gone', async () => {
      const session = await launch('ann');
      route({ stable: two.routed() });
      const response = await play(session, 'spin');
      expect(response.status).toBe(409);
      const problem = (await response.json()) as Problem;
      expect(problem).toMatchObject({ type: expect.stringMatching(/session-version-gone$/), status: 409 });
      expect(problem.remedy).toContain('Launch');
      expect(two.seen).toEqual([]);
    });

    it('goes on with what the player is dealt now once its version is revoked, and hears of the token to use', async () => {
      const session = await launch('ann');
      route({ stable: two.routed(), revoked: ['1.0.0'] });
      const moved = await play(session, 'spin', { method: 'POST', body: 'x' });
      expect(await moved.text()).toBe('1.1.0 POST /spin x');
      expect(moved.headers.get('x-croupier-version')).toBe('1.1.0');
      expect(one.seen).toEqual([]);

      const sessionToken = moved.headers.get('x-croupier-session') as string;
      const next = await play({ ...session, sessionToken }, 'spin');
      expect(await next.text()).toBe('1.1.0 GET /spin ');
      expect(next.headers.get('x-croupier-session')).toBeNull();
      expect(await countsOf('1.1.0', 2)).toMatchObject({ requests: 2, errors: 0, launches: 0 });
    });

    it('goes on in a market in which its version is served no more, with one that is', async () => {
      const session = await launch('ann', 'SE');
      route({ stable: one.routed({ markets: ['MT'] }), fallbacks: [two.routed()] });
      expect(await (await play(session, 'spin')).text()).toBe('1.1.0 GET /spin ');
      expect(await launch('bob', 'SE')).toMatchObject({ version: '1.1.0' });
    });

    it('is not served in a market whose certificate was withdrawn', async () => {
      const session = await launch('ann', 'SE');
      route({ stable: one.routed({ markets: ['MT'] }) });
      expect((await play(session, 'spin')).status).toBe(403);
      expect(one.seen).toEqual([]);
    });

    it('is needed to play, and has to be of that game', async () => {
      const { sessionToken } = await launch('ann');
      const missing = await fetch(`${url}/play/acme/slots/spin`);
      expect(missing.status).toBe(401);
      expect(missing.headers.get('www-authenticate')).toBe('Bearer');
      const forged = await fetch(`${url}/play/acme/slots/spin`, {
        headers: { 'x-croupier-session': `${sessionToken}x` },
      });
      expect(forged.status).toBe(401);
      const elsewhere = await fetch(`${url}/play/acme/poker/spin`, {
        headers: { 'x-croupier-session': sessionToken },
      });
      expect(elsewhere.status).toBe(403);
      expect(one.seen).toEqual([]);
    });

    it('is over when its token has expired', async () => {
      const { token } = new SessionTokens(SECRET, -10).issue(
        { player: 'ann', market: 'MT', bucket: 0, chosen: false },
        pinOf({ provider: 'acme', game: 'slots', version: '1.0.0' }),
      );
      const response = await fetch(`${url}/play/acme/slots/spin`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(((await response.json()) as Problem).type).toMatch(/session-expired$/);
    });
  });

  describe('a player request', () => {
    it('reaches the game as it was sent, with player, version and market', async () => {
      const session = await launch('ann');
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const response = await play(session, 'v2/spin?stake=5&x=%20y', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-croupier-player': 'bob', traceparent },
        body: '{"b": 1,  "b": 2}',
      });
      expect(response.headers.get('x-game')).toBe('yes');
      expect(response.headers.get('x-croupier-fault')).toBeNull();
      expect(one.seen).toMatchObject([
        { method: 'POST', url: '/v2/spin?stake=5&x=%20y', body: '{"b": 1,  "b": 2}' },
      ]);
      expect(one.seen[0]?.headers).toMatchObject({
        'x-croupier-player': 'ann',
        'x-croupier-version': '1.0.0',
        'x-croupier-market': 'MT',
        'content-type': 'application/json',
        'content-length': '17',
        traceparent,
      });
      expect(one.seen[0]?.headers).not.toHaveProperty('authorization');
    });

    it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'GET'])('may be a %s', async (method) => {
      const session = await launch('ann');
      expect((await play(session, 'round/7', { method })).status).toBe(200);
      expect(one.seen).toMatchObject([{ method, url: '/round/7' }]);
    });

    it('may have a body of any type and size, which is streamed', async () => {
      const session = await launch('ann');
      const body = 'x'.repeat(3 * 1024 * 1024);
      const response = await play(session, 'replay', {
        method: 'POST',
        headers: { 'content-type': 'application/x-unheard-of' },
        body,
      });
      expect(response.status).toBe(200);
      expect(one.seen[0]?.body).toBe(body);
      expect((await response.text()).length).toBeGreaterThan(body.length);
    });

    it('reaches a game that lives below a path of its host', async () => {
      route({ stable: one.routed({ endpoint: `${one.url}/tenants/7` }) });
      const session = await launch('ann');
      expect((await play(session, '')).status).toBe(200);
      expect((await play(session, '//evil.test/spin?x=1')).status).toBe(200);
      expect(one.seen.map((seen) => seen.url)).toEqual(['/tenants/7/', '/tenants/7///evil.test/spin?x=1']);
    });

    it.each([
      '../admin',
      'a/../../admin',
      '%2e%2e/admin',
      'a%2f..%2fadmin',
      '..%5cadmin',
      'a\\..\\..\\admin',
      '%zz',
    ])('cannot leave the game by %s', async (path) => {
      route({ stable: one.routed({ endpoint: `${one.url}/tenants/7` }) });
      const { sessionToken, playPath } = await launch('ann');
      const status = await new Promise((resolve, reject) => {
        const { hostname, port } = new URL(url);
        const headers = { authorization: `Bearer ${sessionToken}` };
        httpRequest({ hostname, port, path: playPath + path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(400);
      expect(one.seen).toEqual([]);
      expect(await countsOf('1.0.0', 0)).toMatchObject({ requests: 0, errors: 0 });
    });

    it('that waits for 100 Continue is passed on', async () => {
      const session = await launch('ann');
      const status = await new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${session.sessionToken}`, expect: '100-continue' };
        const { hostname, port } = new URL(url);
        const sent = httpRequest({
          hostname,
          port,
          method: 'POST',
          path: `${session.playPath}spin`,
          headers,
        });
        sent.on('continue', () => sent.end('body')).on('error', reject);
        sent.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.flushHeaders();
      });
      expect(status).toBe(200);
      expect(one.seen[0]?.body).toBe('body');
    });
  });

  describe('telemetry', () => {
    it('counts what the game answers: passed on as it is, from 500 on an error, and never asked twice', async () => {
      const session = await launch('ann');
      for (const status of [200, 302, 404, 500, 503]) {
        const response = await play(session, `status-${status}`, { redirect: 'manual' });
        expect(response.status).toBe(status);
        expect(await response.text()).toBe(`1.0.0 GET /status-${status} `);
        expect(response.headers.get('x-croupier-fault')).toBeNull();
      }
      expect(one.seen).toHaveLength(5);
      expect(await countsOf('1.0.0', 5)).toEqual({
        provider: 'acme',
        game: 'slots',
        version: '1.0.0',
        market: 'MT',
        launches: 1,
        requests: 5,
        errors: 2,
        slow: expect.any(Number),
      });
    });

    it('counts a slow response', async () => {
      const session = await launch('ann');
      await (await play(session, 'slow')).text();
      expect(await countsOf('1.0.0', 1)).toMatchObject({ requests: 1, errors: 0, slow: 1 });
    });

    it.each([
      ['is down', 'spin', 502, 'upstream-unreachable'],
      ['breaks the connection', 'reset', 502, 'upstream-unreachable'],
      ['does not answer in time', 'hang', 504, 'upstream-timeout'],
    ])(
      'counts an error when the game %s, and the gateway says that it made the answer',
      async (_what, path, status, slug) => {
        const session = await launch('ann');
        if (path === 'spin') await one.stop();
        const response = await play(session, path, { method: 'POST', body: 'x' });
        expect(response.status).toBe(status);
        expect(response.headers.get('x-croupier-fault')).toBe('gateway');
        expect(response.headers.get('x-croupier-version')).toBe('1.0.0');
        expect(response.headers.get('content-type')).toContain('application/problem+json');
        expect(((await response.json()) as Problem).type).toBe(`https://croupier.dev/problems/${slug}`);
        expect(await countsOf('1.0.0', 1)).toMatchObject({ requests: 1, errors: 1 });
        if (path === 'spin') await one.start();
      },
    );

    it('counts an error when the answer breaks off, and the player sees that it did', async () => {
      const session = await launch('ann');
      const response = await play(session, 'half');
      await expect(response.text()).rejects.toThrow();
      expect(await countsOf('1.0.0', 1)).toMatchObject({ requests: 1, errors: 1 });
    });

    it('counts no error when the player leaves', async () => {
      const session = await launch('ann');
      const leaving = new AbortController();
      const response = play(session, 'hang', { signal: leaving.signal });
      while (one.hanging.length === 0) await new Promise((resolve) => setImmediate(resolve));
      leaving.abort();
      await expect(response).rejects.toThrow();
      expect(await countsOf('1.0.0', 1)).toMatchObject({ requests: 1, errors: 0 });
    });

    it('counts no error when the player leaves in the middle of an upload', async () => {
      const session = await launch('ann');
      const headers = { authorization: `Bearer ${session.sessionToken}`, 'content-length': '1000' };
      const { hostname, port } = new URL(url);
      const path = `${session.playPath}spin`;
      const sent = httpRequest({ hostname, port, method: 'POST', path, headers });
      const gone = new Promise((resolve) => sent.on('error', resolve));
      sent.write('half');
      while (one.connections === 0) await new Promise((resolve) => setImmediate(resolve));
      sent.destroy(new Error('left'));
      await gone;
      expect(await countsOf('1.0.0', 1)).toMatchObject({ requests: 1, errors: 0 });
    });

    it('refuses what a hanging version cannot take, and goes on serving the other', async () => {
      const session = await launch('ann');
      route({ stable: two.routed(), draining: [one.routed()] });
      const other = await launch('bob');
      const hanging = Array.from({ length: MAX_IN_FLIGHT }, () => play(session, 'hang'));
      while (one.hanging.length < MAX_IN_FLIGHT) await new Promise((resolve) => setImmediate(resolve));
      const refused = await play(session, 'spin');
      expect(refused.status).toBe(503);
      expect(refused.headers.get('x-croupier-fault')).toBe('gateway');
      expect((await play(other, 'spin')).status).toBe(200);
      for (const response of one.hanging) response.end('late');
      expect((await Promise.all(hanging)).map((response) => response.status)).toEqual([200, 200, 200]);
      expect((await play(session, 'spin')).status).toBe(200);
      expect(await countsOf('1.0.0', MAX_IN_FLIGHT + 2)).toMatchObject({
        requests: MAX_IN_FLIGHT + 2,
        errors: 1,
      });
    });
  });
});
