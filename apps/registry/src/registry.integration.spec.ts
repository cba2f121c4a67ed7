import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReleaseId, type CloudEvent, type EventData, type EventType } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from './service';

const OPERATOR = 'operator-token-of-the-test';
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** A provider's web server: what is in `pages` it serves, what is in `statuses` it answers instead. */
class ProviderSite {
  readonly pages = new Map<string, string>();
  readonly statuses = new Map<string, number[]>();
  readonly asked: string[] = [];
  private readonly server: Server = createServer((message, response) => {
    const path = message.url ?? '';
    this.asked.push(path);
    const page = this.pages.get(path);
    const status = this.statuses.get(path)?.shift() ?? (page === undefined ? 404 : 200);
    response.writeHead(status).end(status === 200 ? page : 'no');
  });

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the registry', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let bus: EmbeddedBus;
  let cache: InProcessCache;
  let running: RunningService;
  let site: ProviderSite;
  const heard: CloudEvent[] = [];

  beforeAll(async () => {
    database = await freshDatabase();
    site = new ProviderSite();
    await site.start();
    bus = new EmbeddedBus({ attempts: 3, backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
    cache = new InProcessCache();
    await bus.subscribe(
      'deployer',
      ['artifact.registered', 'artifact.rejected'],
      async (event) => void heard.push(event),
    );
    running = await startService(service, {
      bus,
      cache,
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: 'service-token-of-the-test',
        ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
      },
    });
    dataSource = await openDataSource({ url: database.url, schema: 'registry', migrations: [], poolSize: 1 });
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await dataSource.destroy();
    await site.stop();
    await database.drop();
  });

  /** Puts a version on the provider's site. Answers its manifest's text. */
  function publish(
    game: string,
    version: string,
    change: { server?: string; manifest?: object } = {},
  ): string {
    const files: Record<string, string> = {
      'server.js': change.server ?? `// ${game} ${version}`,
      'client/index.html': `<title>${version}</title>`,
    };
    const text = JSON.stringify({
      manifestVersion: 1,
      provider: 'acme',
      game,
      version,
      markets: ['MT', 'SE'],
      files: Object.entries(files).map(([path, content]) => ({
        path,
        sizeBytes: Buffer.byteLength(content),
        sha256: sha256(content),
      })),
      server: { runtime: 'node', entry: 'server.js' },
      client: { entry: 'client/index.html' },
      ...change.manifest,
    });
    for (const [path, content] of Object.entries(files))
      site.pages.set(`/${game}/${version}/${path}`, content);
    site.pages.set(`/${game}/${version}/manifest.json`, text);
    return text;
  }

  function announcement(
    game: string,
    version: string,
    manifestSha256: string,
  ): CloudEvent<'game.version.announced', EventData<'game.version.announced'>> {
    return newEvent(
      'game.version.announced',
      {
        provider: 'acme',
        game,
        version,
        change: 'added',
        manifestUrl: `${site.url}/${game}/${version}/manifest.json`,
        manifestSha256,
        webhookId: `msg_${randomUUID()}`,
        announcedAt: '2025-06-01T12:00:00Z',
      },
      { source: 'test', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    );
  }

  async function register(game: string, version: string): Promise<void> {
    await bus.publish([announcement(game, version, sha256(publish(game, version)))]);
  }

  /** What the registry has told of a game, once nothing is left to be told. */
  async function told(game: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
    await eventually(async () => {
      const [row] = await dataSource.query<{ waiting: string }[]>('SELECT count(*) AS waiting FROM outbox');
      return row?.waiting === '0';
    });
    const events = heard as unknown as { id: string; type: string; data: Record<string, unknown> }[];
    const once = new Map(events.map((event) => [event.id, event]));
    return [...once.values()].filter(({ data }) => data['game'] === game);
  }

  const get = (path: string): request.Test =>
    request(running.url).get(path).set('authorization', `Bearer ${OPERATOR}`);

  async function poolOf(game: string, version: string): Promise<unknown> {
    return (await get(`/v1/games/acme/${game}/versions/${version}`)).body.pool;
  }

  describe('on an announcement', () => {
    it('registers the version, with its files, and tells of it once', async () => {
      const text = publish('slots', '1.0.0');
      const event = announcement('slots', '1.0.0', sha256(text));
      await bus.publish([event]);

      const { status, body } = await get('/v1/games/acme/slots/versions/1.0.0');
      expect(status).toBe(200);
      expect(body).toEqual({
        id: 'acme/slots@1.0.0',
        provider: 'acme',
        game: 'slots',
        version: '1.0.0',
        originalVersion: null,
        kind: 'game',
        title: null,
        channel: 'stable',
        digest: sha256(text),
        manifestUrl: event.data.manifestUrl,
        markets: ['MT', 'SE'],
        clearedMarkets: ['MT', 'SE'],
        clearanceRevision: 1,
        rtpVariants: [],
        currencies: [],
        languages: [],
        devices: [],
        releaseNotes: '',
        requires: [],
        pool: 'candidate',
        announcedAt: '2025-06-01T12:00:00.000Z',
        registeredAt: expect.any(String),
        files: [
          { path: 'client/index.html', sizeBytes: 20, sha256: sha256('<title>1.0.0</title>') },
          { path: 'server.js', sizeBytes: 14, sha256: sha256('// slots 1.0.0') },
        ],
      });
      const registered = await eventually(() =>
        heard.find(({ data }) => (data as { game: string }).game === 'slots'),
      );
      expect(registered).toMatchObject({
        type: 'artifact.registered',
        subject: 'acme/slots',
        traceparent: event.traceparent,
        data: {
          digest: sha256(text),
          manifest: { version: '1.0.0', migrations: [] },
          clearance: { revision: 1, markets: ['MT', 'SE'], revoked: false },
        },
      });

      await bus.publish([event]);
      await bus.publish([announcement('slots', '1.0.0', sha256(text))]);
      expect(await told('slots')).toHaveLength(1);
    });

    it('makes one version of announcements that come at once', async () => {
      const digest = sha256(publish('at-once', '1.0.0'));
      await Promise.all(
        Array.from({ length: 8 }, () => bus.publish([announcement('at-once', '1.0.0', digest)])),
      );
      expect((await told('at-once')).map(({ type }) => type)).toEqual(['artifact.registered']);
    });

    it('never overwrites a version by another digest, and keeps the evidence', async () => {
      const first = publish('conflict', '1.0.0');
      await bus.publish([announcement('conflict', '1.0.0', sha256(first))]);
      const second = publish('conflict', '1.0.0', { server: 'changed' });
      await bus.publish([announcement('conflict', '1.0.0', sha256(second))]);

      expect(await told('conflict')).toMatchObject([
        { type: 'artifact.registered' },
        { type: 'artifact.rejected', data: { version: '1.0.0', reason: 'digest-conflict' } },
      ]);
      expect((await get('/v1/games/acme/conflict/versions/1.0.0')).body.digest).toBe(sha256(first));
      const [evidence] = await dataSource.query<{ announced_digest: string }[]>(
        `SELECT announced_digest FROM rejections WHERE game = 'conflict'`,
      );
      expect(evidence?.announced_digest).toBe(sha256(second));
      await expect(dataSource.query('DELETE FROM rejections')).rejects.toThrow(/append-only/);
    });

    it('decides a race between two digests for one of them', async () => {
      publish('race', '1.0.0');
      const texts = ['a', 'b'].map((server) => {
        const text = publish('race', '1.0.0', { server });
        site.pages.set(`/race-${server}/manifest.json`, text);
        site.pages.set(`/race-${server}/server.js`, server);
        site.pages.set(`/race-${server}/client/index.html`, '<title>1.0.0</title>');
        return { server, text };
      });
      await Promise.all(
        texts.map(({ server, text }) => {
          const event = announcement('race', '1.0.0', sha256(text));
          const manifestUrl = `${site.url}/race-${server}/manifest.json`;
          return bus.publish([{ ...event, data: { ...event.data, manifestUrl } }]);
        }),
      );
      expect((await told('race')).map(({ type, data }) => [type, data['reason']])).toEqual([
        ['artifact.registered', undefined],
        ['artifact.rejected', 'digest-conflict'],
      ]);
    });

    const bad: [
      game: string,
      why: string,
      prepare: (game: string) => string,
      reason: string,
      detail: RegExp,
    ][] = [
      ['no-manifest', 'has no manifest', () => 'a'.repeat(64), 'unreachable', /answered 404/],
      [
        'other-digest',
        'has another manifest than announced',
        (game) => {
          publish(game, '1.0.0');
          return 'a'.repeat(64);
        },
        'digest-mismatch',
        /the manifest has SHA-256/,
      ],
      [
        'other-version',
        'has the manifest of another version',
        (game) => sha256(publish(game, '1.0.0', { manifest: { version: '2.0.0' } })),
        'invalid-manifest',
        /version is 2\.0\.0/,
      ],
      [
        'huge-manifest',
        'has a manifest over 1 MiB',
        (game) => sha256(publish(game, '1.0.0', { manifest: { padding: 'x'.repeat(1024 * 1024) } })),
        'too-large',
        /more than 1048576 bytes/,
      ],
      [
        'missing-file',
        'lacks a file',
        (game) => {
          const text = publish(game, '1.0.0');
          site.pages.delete(`/${game}/1.0.0/server.js`);
          return sha256(text);
        },
        'unreachable',
        /server\.js answered 404/,
      ],
      [
        'changed-file',
        'has a file with another digest',
        (game) => {
          const text = publish(game, '1.0.0', { server: 'good' });
          site.pages.set(`/${game}/1.0.0/server.js`, 'evil');
          return sha256(text);
        },
        'digest-mismatch',
        /server\.js has SHA-256/,
      ],
      [
        'short-file',
        'has a file that is cut short',
        (game) => {
          const text = publish(game, '1.0.0', { server: 'good' });
          site.pages.set(`/${game}/1.0.0/server.js`, 'goo');
          return sha256(text);
        },
        'digest-mismatch',
        /server\.js has 3 bytes, not 4/,
      ],
      [
        'long-file',
        'has a file over its listed size',
        (game) => {
          const text = publish(game, '1.0.0', { server: 'good' });
          site.pages.set(`/${game}/1.0.0/server.js`, 'good, and more');
          return sha256(text);
        },
        'too-large',
        /server\.js answered more than 4 bytes/,
      ],
      [
        'moved-manifest',
        'redirects',
        (game) => {
          site.statuses.set(`/${game}/1.0.0/manifest.json`, [302]);
          return sha256(publish(game, '1.0.0'));
        },
        'unreachable',
        /answered 302/,
      ],
    ];

    it.each(bad)('rejects %s, a version that %s', async (game, _, prepare, reason, detail) => {
      await bus.publish([announcement(game, '1.0.0', prepare(game))]);

      expect(await told(game)).toMatchObject([
        { type: 'artifact.rejected', data: { reason, detail: expect.stringMatching(detail) } },
      ]);
      expect((await get(`/v1/games/acme/${game}/versions/1.0.0`)).status).toBe(404);
    });

    it('registers a version that is announced again after it was put right', async () => {
      const text = publish('put-right', '1.0.0');
      site.pages.delete('/put-right/1.0.0/server.js');
      await bus.publish([announcement('put-right', '1.0.0', sha256(text))]);
      publish('put-right', '1.0.0');
      await bus.publish([announcement('put-right', '1.0.0', sha256(text))]);

      expect((await told('put-right')).map(({ type }) => type)).toEqual([
        'artifact.rejected',
        'artifact.registered',
      ]);
    });

    it('tries again later when the provider does not answer properly', async () => {
      const text = publish('flaky', '1.0.0');
      // More failures in a row than one delivery makes attempts.
      site.statuses.set('/flaky/1.0.0/manifest.json', [503, 503, 503, 503]);
      await bus.publish([announcement('flaky', '1.0.0', sha256(text))]);

      expect((await told('flaky')).map(({ type }) => type)).toEqual(['artifact.registered']);
      expect(site.asked.filter((path) => path === '/flaky/1.0.0/manifest.json')).toHaveLength(5);
    });
  });

  describe('for operators', () => {
    it('lists versions in SemVer order, newest first, in whatever order they came', async () => {
      for (const version of [
        '1.10.0',
        '1.9.0',
        '2.0.0-rc.1',
        '1.2.0',
        '2.0.0-rc.1+build.7',
        '1.10.0-beta.11',
      ])
        await register('ordered', version);

      const pages: string[][] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const { body } = await get(`/v1/games/acme/ordered/versions?limit=2${query}`);
        pages.push((body.versions as { version: string }[]).map(({ version }) => version));
        cursor = body.nextCursor as string | null;
      }
      expect(pages).toEqual([
        ['2.0.0-rc.1+build.7', '2.0.0-rc.1'],
        ['1.10.0', '1.10.0-beta.11'],
        ['1.9.0', '1.2.0'],
      ]);
      const { body } = await get('/v1/games?cursor=acme/ordere&limit=1');
      expect(body.games).toEqual([
        {
          provider: 'acme',
          game: 'ordered',
          kind: 'game',
          title: null,
          latestVersion: '2.0.0-rc.1+build.7',
          productionVersion: null,
          versionCount: 6,
        },
      ]);
      expect(body.nextCursor).toBe('acme/ordered');
    });

    it.each([
      ['/v1/games?limit=0', 'limit'],
      ['/v1/games?cursor=nonsense', 'cursor'],
      ['/v1/games/acme/ordered/versions?cursor=newest', 'cursor'],
      ['/v1/games/acme/ordered/versions/v1', 'version'],
    ])('refuses %s by naming %s', async (path, field) => {
      const { status, body } = await get(path);
      expect(status).toBe(422);
      expect(body.errors).toMatchObject([{ field }]);
    });

    it('answers 404 for a version that is not registered', async () => {
      const { status, body } = await get('/v1/games/acme/slots/versions/9.9.9');
      expect(status).toBe(404);
      expect(body.type).toBe('https://croupier.dev/problems/unknown-version');
    });

    it('lets nobody else in', async () => {
      expect((await request(running.url).get('/v1/games')).status).toBe(401);
    });

    it('describes its routes', async () => {
      const { body } = await request(running.url).get('/openapi.json');
      expect(Object.keys(body.paths as object)).toEqual(
        expect.arrayContaining([
          '/v1/games',
          '/v1/games/{provider}/{game}/versions',
          '/v1/games/{provider}/{game}/versions/{version}',
          '/v1/games/{provider}/{game}/versions/{version}/manifest',
        ]),
      );
    });
  });

  describe('for players', () => {
    it('serves the manifest to the byte, through the shared cache', async () => {
      const text = publish('served', '1.0.0');
      await bus.publish([announcement('served', '1.0.0', sha256(text))]);
      const path = '/v1/games/acme/served/versions/1.0.0/manifest';
      const answer = await request(running.url).get(path);

      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toContain('application/json');
      expect(sha256(answer.text)).toBe(sha256(text));
      expect(await cache.get('game:acme/served:1.0.0:manifest')).toBe(text);

      await cache.set('game:acme/served:1.0.0:manifest', '{"cached":true}', 60);
      expect((await request(running.url).get(path)).body).toEqual({ cached: true });
      expect(await cache.deleteByPrefix('game:acme/served:')).toBe(1);
      expect((await request(running.url).get(path)).text).toBe(text);
    });

    it('answers 404 for the manifest of a version that is not registered', async () => {
      const answer = await request(running.url).get('/v1/games/acme/served/versions/9.9.9/manifest');
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    });
  });

  describe('on news of a release', () => {
    const reference = (game: string, version: string) => ({
      releaseId: ReleaseId.parse(randomUUID()),
      provider: 'acme',
      game,
      version,
    });
    async function tell<T extends EventType>(type: T, data: EventData<T>, atSecond: number): Promise<void> {
      const time = new Date(Date.UTC(2025, 0, 1, 0, 0, atSecond)).toISOString();
      await bus.publish([{ ...newEvent(type, data, { source: 'test' }), time }]);
    }
    const stage = (game: string, version: string, atSecond: number): Promise<void> =>
      tell(
        'release.staged',
        { ...reference(game, version), digest: 'a'.repeat(64), migrations: [] },
        atSecond,
      );
    const promote = (game: string, version: string, previousVersion: string | null, atSecond: number) =>
      tell('rollout.promoted', { ...reference(game, version), previousVersion, flags: [] }, atSecond);

    it('moves versions between the pools, and writes down each move', async () => {
      for (const version of ['1.0.0', '1.1.0', '1.2.0']) await register('pooled', version);
      await stage('pooled', '1.0.0', 1);
      expect(await poolOf('pooled', '1.0.0')).toBe('staging');
      await promote('pooled', '1.0.0', null, 2);
      await stage('pooled', '1.1.0', 3);
      await promote('pooled', '1.1.0', '1.0.0', 4);
      await stage('pooled', '1.2.0', 5);
      await tell(
        'rollout.rolled_back',
        {
          ...reference('pooled', '1.2.0'),
          stableVersion: '1.1.0',
          reason: 'errors',
          evidence: [],
          flags: [],
        },
        6,
      );

      const moves: unknown[] = [];
      for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
        const { body } = await get(`/v1/versions/${encodeURIComponent(`acme/pooled@${version}`)}/pools`);
        const stays = body.items as { pool: string; reason: string }[];
        moves.push(...stays.reverse().map(({ pool, reason }) => [version, pool, reason]));
      }
      expect(moves).toEqual([
        ['1.0.0', 'staging', 'staging tests are green'],
        ['1.0.0', 'production', 'promoted'],
        ['1.0.0', 'retired', '1.1.0 was promoted'],
        ['1.1.0', 'staging', 'staging tests are green'],
        ['1.1.0', 'production', 'promoted'],
        ['1.2.0', 'staging', 'staging tests are green'],
        ['1.2.0', 'retired', 'rolled back: errors'],
      ]);
      const { body } = await get('/v1/games?cursor=acme/poole&limit=1');
      expect(body.games).toMatchObject([
        { game: 'pooled', latestVersion: '1.2.0', productionVersion: '1.1.0' },
      ]);
    });

    it('ends the same when the news come in another order', async () => {
      for (const version of ['1.0.0', '1.1.0']) await register('swapped', version);
      await promote('swapped', '1.1.0', '1.0.0', 4);
      await promote('swapped', '1.0.0', null, 2);
      await stage('swapped', '1.1.0', 3);
      await stage('swapped', '1.0.0', 1);

      expect([await poolOf('swapped', '1.0.0'), await poolOf('swapped', '1.1.0')]).toEqual([
        'retired',
        'production',
      ]);
    });

    it('lets promotions of one game that come at once end with one version in production', async () => {
      const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'];
      for (const version of versions) await register('crowded', version);
      await Promise.all(versions.map((version, second) => promote('crowded', version, null, second)));

      const pools = await Promise.all(versions.map((version) => poolOf('crowded', version)));
      expect(pools).toEqual(['retired', 'retired', 'retired', 'production']);
    });
  });
});
