import { randomUUID } from 'node:crypto';
import {
  announcedVersion,
  ReleaseId,
  type DealtVersion,
  type EventData,
  type EventType,
} from '@croupier/contracts';
import { event, TestRegistry, versionPath } from '../../test/test-registry';

describe('the catalogue', () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await TestRegistry.start();
  });

  afterAll(() => registry.stop());

  const second = (at: number): Date => new Date(Date.UTC(2025, 0, 1, 0, 0, at));
  function release<Type extends EventType>(
    type: Type,
    game: string,
    version: string,
    at: number,
    more: object = {},
  ): Promise<void> {
    const releaseId = ReleaseId.parse(randomUUID());
    const data = { releaseId, provider: 'acme', game, version, ...more } as unknown as EventData<Type>;
    return registry.tell(event(type, data, second(at)));
  }
  const promote = (game: string, version: string, at: number) =>
    release('rollout.promoted', game, version, at, { previousVersion: null, flags: [] });
  const gamesOf = async (query: string): Promise<string[]> =>
    ((await registry.get(`/v1/games?${query}`).expect(200)).body.games as { game: string }[]).map(
      ({ game }) => game,
    );
  const versionsOf = async (query: string): Promise<string[]> =>
    ((await registry.get(`/v1/versions?${query}`).expect(200)).body.items as { id: string }[]).map(
      ({ id }) => id,
    );

  describe('when it is searched', () => {
    beforeAll(async () => {
      await registry.register('book-of-ra', '1.0.0', {
        manifest: {
          title: 'Book of Ra',
          currencies: ['EUR', 'USDT'],
          languages: ['en', 'pt-BR'],
          devices: ['mobile'],
          rtpVariants: [94.2, 96],
          releaseNotes: 'Brings a pyramid.\nAnd a bonus.',
        },
      });
      await registry.register('book-of-ra', '1.1.0-rc.1', {
        manifest: { title: 'Book of Ra', markets: ['DE'] },
      });
      await registry.register('cafe-royal', '2.0.0', {
        manifest: { title: 'Café Royal', markets: ['DE'], channel: 'beta' },
      });
      await registry.register('bonus-engine', '1.0.0', { manifest: { kind: 'module' } });
      await registry.register('needy', '1.0.0', {
        manifest: { requires: [{ subject: 'acme/bonus-engine', range: '^1' }] },
      });
    });

    it('keeps all that a manifest says', async () => {
      const { body } = await registry.get('/v1/games/acme/book-of-ra/versions/1.0.0');
      expect(body).toMatchObject({
        title: 'Book of Ra',
        channel: 'stable',
        currencies: ['EUR', 'USDT'],
        languages: ['en', 'pt-BR'],
        devices: ['mobile'],
        rtpVariants: [94.2, 96],
        releaseNotes: 'Brings a pyramid.\nAnd a bonus.',
      });
    });

    it.each([
      ['q=book', ['book-of-ra']],
      ['q=ROY*', ['cafe-royal']],
      ['q=ROY', []],
      ['q=Caf%C3%A9', ['cafe-royal']],
      ['q=book%20poker', []],
      ['q=bo*%20of', ['book-of-ra']],
      ['q=bo%20of', []],
      ['q=*%20book%20**', ['book-of-ra']],
      ['q=%27%3B%20%26%20%7C%20!', []],
      ['kind=module', ['bonus-engine']],
      ['market=DE', ['book-of-ra', 'cafe-royal']],
      ['market=DE&channel=beta&q=royal', ['cafe-royal']],
      ['provider=other', []],
    ])('finds games by their latest versions: %s', async (query, games) => {
      expect(await gamesOf(query)).toEqual(games);
    });

    it.each([
      ['q=pyramid', ['acme/book-of-ra@1.0.0']],
      ['currency=USDT', ['acme/book-of-ra@1.0.0']],
      ['language=pt-BR&device=mobile', ['acme/book-of-ra@1.0.0']],
      ['channel=beta', ['acme/book-of-ra@1.1.0-rc.1', 'acme/cafe-royal@2.0.0']],
      ['clearedIn=DE&game=cafe-royal', ['acme/cafe-royal@2.0.0']],
      ['requires=acme/bonus-engine', ['acme/needy@1.0.0']],
      ['pool=revoked', []],
    ])('finds versions: %s', async (query, ids) => {
      expect(await versionsOf(query)).toEqual(ids);
    });

    it('pages through all versions, each once', async () => {
      const seen: string[] = [];
      let next: string | null = '/v1/versions?limit=2&provider=acme';
      while (next !== null) {
        const { body } = await registry.get(next).expect(200);
        seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
        next = body.next as string | null;
      }
      expect(seen).toEqual([
        'acme/bonus-engine@1.0.0',
        'acme/book-of-ra@1.0.0',
        'acme/book-of-ra@1.1.0-rc.1',
        'acme/cafe-royal@2.0.0',
        'acme/needy@1.0.0',
      ]);
    });

    it('tells of one game what all of its versions are', async () => {
      const { body } = await registry.get('/v1/games/acme/book-of-ra').expect(200);
      expect(body).toEqual({
        provider: 'acme',
        game: 'book-of-ra',
        kind: 'game',
        title: 'Book of Ra',
        latestVersion: '1.1.0-rc.1',
        productionVersion: null,
        versionCount: 2,
        latestByChannel: { stable: '1.0.0', beta: '1.1.0-rc.1' },
        versionsByPool: { candidate: ['1.1.0-rc.1', '1.0.0'] },
        markets: ['DE'],
        clearedByMarket: { DE: '1.1.0-rc.1', MT: '1.0.0', SE: '1.0.0' },
      });
    });

    it('knows no game without a version', async () => {
      const { body } = await registry.get('/v1/games/acme/roulettte').expect(404);
      expect(body.type).toBe('https://croupier.dev/problems/unknown-subject');
      expect(body.remedy).toContain('/v1/games?provider=acme');
    });

    it('lists the versions of a channel', async () => {
      const { body } = await registry.get('/v1/games/acme/book-of-ra/versions?channel=stable');
      expect((body.versions as { version: string }[]).map(({ version }) => version)).toEqual(['1.0.0']);
    });

    it.each([
      ['/v1/versions?market=Sweden', 'market'],
      ['/v1/versions?cursor=nonsense', 'cursor'],
      [versionPath('acme/slots', '/impact'), 'id'],
      ['/v1/eligibility?provider=acme&game=slots', 'market'],
      ['/v1/where?at=yesterday', 'at'],
    ])('refuses %s by naming %s', async (path, field) => {
      const { status, body } = await registry.get(path);
      expect(status).toBe(422);
      expect(body.errors).toMatchObject([{ field }]);
    });
  });

  describe('of versions that providers name in their own way', () => {
    it('orders them by the SemVer made of them, and keeps their names', async () => {
      for (const original of ['2024.11.3-r2', '2024.11.3', '2024.12.0', '2024.11.3-r10'])
        await registry.register('calendar', original, {
          announcement: { version: announcedVersion(original) ?? '', originalVersion: original },
        });
      const { body } = await registry.get('/v1/games/acme/calendar/versions');
      expect(
        (body.versions as { version: string; originalVersion: string }[]).map(
          ({ version, originalVersion }) => [version, originalVersion],
        ),
      ).toEqual([
        ['2024.12.0', '2024.12.0'],
        ['2024.11.3010', '2024.11.3-r10'],
        ['2024.11.3002', '2024.11.3-r2'],
        ['2024.11.3000', '2024.11.3'],
      ]);
      const [registered] = await registry.news('artifact.registered', 'calendar');
      expect(registered?.manifest).toMatchObject({
        version: '2024.11.3002',
        originalVersion: '2024.11.3-r2',
      });
    });

    it('reads them by the scheme of the provider, and finds them by either name', async () => {
      const scheme = { formats: ['spring-{minor}-of-{major}'], reason: 'agreed by mail' };
      const name = 'spring-2-of-2025';
      const versions = { versions: [name, 'v7'], formats: scheme.formats };
      expect((await registry.post('/v1/versioning/dry-run', versions).expect(200)).body.versions).toEqual([
        { originalVersion: name, version: '2025.2.0' },
        { originalVersion: 'v7', version: null },
      ]);
      const { body } = await registry.put('/v1/providers/acme/versioning', scheme).expect(200);
      expect(body).toMatchObject({ revision: 1, changed: { author: 'ann@acme.example' } });
      // What the aggregator makes of it, which does not know the scheme.
      const told = { version: announcedVersion(name) ?? '', originalVersion: name };
      expect(told.version).toBe('2.2025.0');
      await registry.register('seasons', name, { announcement: told });
      expect(await versionsOf(`originalVersion=${name}`)).toEqual(['acme/seasons@2025.2.0']);
      await registry.tell(
        event('release.revoked', {
          provider: 'acme',
          webhookId: 'msg_1',
          announcedAt: new Date().toISOString(),
          game: 'seasons',
          ...told,
          reason: 'wrong season',
        }),
      );
      expect(await registry.news('clearance.changed', 'seasons')).toMatchObject([
        { version: '2025.2.0', clearance: { revoked: true } },
      ]);
    });

    it('keeps the SemVer that a provider sends beside its own name', async () => {
      await registry.register('beside', 'v5', {
        announcement: { version: '5.0.1', originalVersion: 'v5' },
      });
      expect(await versionsOf('game=beside')).toEqual(['acme/beside@5.0.1']);
    });

    it('keeps versions apart that differ in build metadata, under one precedence', async () => {
      await registry.register('built', '1.0.0+linux');
      await registry.register('built', '1.0.0+windows');
      expect(await versionsOf('game=built')).toEqual(['acme/built@1.0.0+linux', 'acme/built@1.0.0+windows']);
      const { body } = await registry.get(versionPath('acme/built@1.0.0+linux', '/pools'));
      expect(body.items).toMatchObject([{ version: '1.0.0+linux', pool: 'candidate', to: null }]);
    });
  });

  describe('asked what ran where', () => {
    const traffic = (at: number, routingVersion: number, canary: string | null, percent: number) =>
      registry.tell(
        event(
          'traffic.changed',
          {
            provider: 'acme',
            game: 'timed',
            routingVersion,
            stableVersion: canary === null && routingVersion > 3 ? '1.1.0' : '1.0.0',
            canaryVersion: canary,
            canaryWeightPercent: percent,
            // Of routing versions before the third nobody tells what each market had.
            ...(routingVersion > 2 && { dealt: dealt(canary, percent) }),
          },
          second(at),
        ),
      );
    const dealt = (canary: string | null, percent: number): DealtVersion[] => [
      share('stable', canary === null ? '1.1.0' : '1.0.0', { MT: 100 - percent, SE: 100 }),
      ...(canary === null ? [] : [share('canary', canary, { MT: percent })]),
    ];
    const share = (role: DealtVersion['role'], version: string, markets: DealtVersion['markets']) => ({
      ...{ role, version, markets, digest: 'a'.repeat(64) },
    });
    const where = async (at: number) => {
      const moment = second(at).toISOString();
      const { body } = await registry.get(`/v1/where?game=timed&at=${moment}`).expect(200);
      return (body.items as Record<string, unknown>[]).map(({ version, pool, role, weightPercent }) =>
        [version, pool, role, weightPercent].join(' ').trimEnd(),
      );
    };

    beforeAll(async () => {
      for (const version of ['1.0.0', '1.1.0']) await registry.register('timed', version);
      // In no order.
      await promote('timed', '1.1.0', 40);
      await traffic(30, 3, '1.1.0', 25);
      await release('release.staged', 'timed', '1.1.0', 20, { digest: 'a'.repeat(64), migrations: [] });
      await traffic(10, 1, null, 0);
      await traffic(40, 4, null, 0);
      await promote('timed', '1.0.0', 10);
      await traffic(25, 2, '1.1.0', 5);
    });

    it.each([
      [5, []],
      [15, ['1.0.0 production stable 100']],
      [22, ['1.0.0 production stable 100', '1.1.0 staging  0']],
      [27, ['1.0.0 production stable 95', '1.1.0 staging canary 5']],
      [33, ['1.0.0 production stable 75', '1.1.0 staging canary 25']],
      [50, ['1.0.0 retired  0', '1.1.0 production stable 100']],
    ])('answers for second %i', async (at, expected) => {
      expect(await where(at)).toEqual(expected);
    });

    it.each([
      ['in each market', 33, '', { '1.0.0': { MT: 75, SE: 100 }, '1.1.0': { MT: 25 } }],
      ['in one market alone', 33, '&market=SE', { '1.0.0': { MT: 75, SE: 100 } }],
      ['not by market, where nobody told that', 27, '', { '1.0.0': null, '1.1.0': null }],
    ])('answers %s', async (_, at, filter, expected) => {
      const path = `/v1/where?game=timed&at=${second(at).toISOString()}${filter}`;
      const { body } = await registry.get(path).expect(200);
      const items = body.items as { version: string; markets: object | null }[];
      expect(Object.fromEntries(items.map(({ version, markets }) => [version, markets]))).toEqual(expected);
    });

    it('tells each move of a version with its event and its reason', async () => {
      const { body } = await registry.get(versionPath('acme/timed@1.0.0', '/pools')).expect(200);
      expect(body.items).toMatchObject([
        { pool: 'retired', to: null, reason: '1.1.0 was promoted', eventId: expect.any(String) },
        { pool: 'production', to: second(40).toISOString(), reason: 'promoted' },
      ]);
    });

    it('answers page after page for one moment', async () => {
      const first = await registry.get('/v1/where?limit=1&game=timed').expect(200);
      const next = await registry.get(first.body.next as string).expect(200);
      expect([first, next].map(({ body }) => (body.items as { id: string }[]).map(({ id }) => id))).toEqual([
        ['acme/timed@1.0.0'],
        ['acme/timed@1.1.0'],
      ]);
      expect(next.body.next).toBeNull();
    });

    it('retires what failed, and leaves what had only its flags taken back', async () => {
      for (const version of ['1.0.0', '1.1.0']) await registry.register('flags', version);
      await promote('flags', '1.0.0', 10);
      await release('release.failed', 'flags', '1.1.0', 20, { reason: 'tests are red' });
      await release('rollout.rolled_back', 'flags', '1.0.0', 30, {
        stableVersion: '1.0.0',
        reason: 'errors',
        evidence: [],
        flags: ['x'],
      });
      const { body } = await registry.get('/v1/where?game=flags');
      expect(body.items).toMatchObject([
        { version: '1.0.0', pool: 'production' },
        { version: '1.1.0', pool: 'retired', reason: 'failed: tests are red' },
      ]);
    });
  });

  it('tells the impact of a version', async () => {
    const requires = [{ subject: 'acme/purse', range: '>=1 <2' }];
    await registry.register('purse', '1.0.0', { manifest: { kind: 'module' } });
    await registry.register('purse', '2.0.0', { manifest: { kind: 'module' } });
    await registry.register('roulette', '1.0.0', { manifest: { requires } });
    await promote('purse', '1.0.0', 10);
    await promote('roulette', '1.0.0', 20);
    const { body } = await registry.get(versionPath('acme/purse@2.0.0', '/impact')).expect(200);
    expect(body).toEqual({
      id: 'acme/purse@2.0.0',
      productionVersion: '1.0.0',
      change: 'major',
      ready: false,
      breaks: [{ id: 'acme/roulette@1.0.0', pool: 'production', range: '>=1 <2', brokenAlready: false }],
      first: [],
      purge: { prefix: 'game:acme/purse:', files: ['index.html'] },
      migrations: [],
      flags: [],
    });
    await promote('purse', '2.0.0', 30);
    const after = await registry.get(versionPath('acme/roulette@1.0.0', '/impact')).expect(200);
    expect(after.body.first).toEqual([
      { subject: 'acme/purse', range: '>=1 <2', productionVersion: '2.0.0', fitting: '1.0.0' },
    ]);
    await registry.get(versionPath('acme/purse@9.0.0', '/impact')).expect(404);
  });
});
