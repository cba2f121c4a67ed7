import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import type { InvalidationDetail } from '@croupier/contracts';
import { eventually, freePort, startVarnish, type RunningVarnish } from '@croupier/testing';
import request from 'supertest';
import { introduce, startPlatform, startProvider, type TestPlatform } from './platform';
import { finished, start } from './program';

const VCL = join(__dirname, '../../deploy/varnish/croupier.vcl');
const GAME = 'lucky-sevens';
const PURGE_TOKEN = 'purge-token-of-the-test';
const OPERATOR_TOKEN = 'operator-token-of-the-test';
/** What says which version is current: cached for a day, unless it is purged. */
const POINTER = '/v1/games?limit=1';
const READ_EVERY_MS = 10;

describe('a promotion seen through Varnish', () => {
  let platform: TestPlatform;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let varnish: RunningVarnish;

  beforeAll(async () => {
    provider = await startProvider();
    const varnishPort = await freePort();
    platform = await startPlatform({
      OPERATOR_TOKEN,
      STEP_MIN_DURATION_MS: '1000',
      PURGE_TOKEN,
      CACHE_TARGETS: JSON.stringify([
        {
          kind: 'varnish',
          name: 'edge',
          urls: [`http://127.0.0.1:${varnishPort}`],
          token: '${PURGE_TOKEN}',
          originUrl: '${REGISTRY_URL}',
          originHeaders: { authorization: 'Bearer ${OPERATOR_TOKEN}' },
        },
      ]),
    });
    const [registry, files] = [new URL(platform.urls.registry), new URL(provider.url)];
    varnish = await startVarnish(
      VCL,
      {
        REGISTRY_HOST: registry.hostname,
        REGISTRY_PORT: registry.port,
        FILES_HOST: files.hostname,
        FILES_PORT: files.port,
        FILES_PROVIDER: 'acme',
        READ_TOKEN: OPERATOR_TOKEN,
        PURGE_TOKEN,
      },
      varnishPort,
    );
    await request(platform.urls.cache)
      .put('/v1/cache-rules/everything')
      .set({ authorization: `Bearer ${OPERATOR_TOKEN}`, 'if-none-match': '*' })
      .send({
        warmUp: {
          paths: ['/v1/games/{provider}/{game}/versions/{version}/manifest'],
          files: '/releases/{game}/{version}/{path}',
        },
        pointers: [{ path: POINTER, expect: '"productionVersion":"{current}"' }],
        reason: 'players read through the edge',
      })
      .expect(200);
    await introduce(provider, platform, OPERATOR_TOKEN);
  });
  afterAll(() => Promise.all([platform.stop(), provider.stop(), varnish.stop()]));

  async function ship(version: string): Promise<void> {
    await request(provider.url)
      .post('/publish')
      .send({ game: GAME, version, markets: ['MT'] })
      .expect(201);
    await request(provider.url).post('/announce').send({ game: GAME, version }).expect(200);
  }

  /** The job for the version's promotion, once it is over. */
  function jobOf(version: string, cause: string): Promise<InvalidationDetail> {
    return eventually<InvalidationDetail | false>(
      async () => {
        const cache = request(platform.urls.cache);
        const authorization = `Bearer ${OPERATOR_TOKEN}`;
        const { body } = await cache.get('/v1/invalidations').set({ authorization }).expect(200);
        const job = (
          body as { items: { id: string; cause: string; version: string; state: string }[] }
        ).items.find((each) => each.version === version && each.cause === cause && each.state !== 'running');
        if (!job) return false;
        return (await cache.get(`/v1/invalidations/${job.id}`).set({ authorization }).expect(200))
          .body as InvalidationDetail;
      },
      { timeoutMs: 60_000, intervalMs: 20 },
    );
  }

  /** Nobody plays here, so no evidence would ever do it. */
  async function promote(version: string): Promise<void> {
    const deployer = request(platform.urls.deployer);
    const authorization = `Bearer ${OPERATOR_TOKEN}`;
    const release = await eventually(
      async () => {
        const { body } = await deployer.get('/v1/releases').set({ authorization }).expect(200);
        return (body as { releases: { id: string; version: string; status: string }[] }).releases.find(
          (each) => each.version === version && each.status === 'progressing',
        );
      },
      { timeoutMs: 60_000 },
    );
    await deployer
      .post(`/v1/releases/${release.id}/promote`)
      .set({ authorization })
      .send({ reason: 'the test has seen enough' })
      .expect(202);
  }

  async function productionVersion(): Promise<string | null> {
    const { body } = await request(varnish.url).get(POINTER).expect(200);
    return body.games[0]?.productionVersion ?? null;
  }

  it('has no stale answer once the purge is reported done, and its files before that', async () => {
    await ship('1.0.0');
    expect((await jobOf('1.0.0', 'rollout.promoted')).state).toBe('done');
    expect(await productionVersion()).toBe('1.0.0');

    await ship('1.1.0');
    expect((await jobOf('1.1.0', 'release.staged')).state).toBe('done');
    const file = await request(varnish.url).get(`/releases/${GAME}/1.1.0/client/game.js`).expect(200);
    expect(file.headers['x-cache']).toBe('HIT');
    // Players go on reading while the rollout goes its way: the old answer is always cached.
    const seen = new Set<string | null>();
    let reading = true;
    const players = (async () => {
      for await (const _ of setInterval(READ_EVERY_MS)) {
        if (!reading) return;
        seen.add(await productionVersion());
      }
    })();
    await promote('1.1.0');
    const job = await jobOf('1.1.0', 'rollout.promoted').finally(() => (reading = false));
    await players;

    for (let turn = 0; turn < 20; turn += 1) expect(await productionVersion()).toBe('1.1.0');
    expect(seen).toContain('1.0.0');
    expect(job).toMatchObject({ state: 'done' });
    const { status, headers } = await request(varnish.url).get(`/releases/${GAME}/1.0.0/client/game.js`);
    expect({ status, cached: headers['x-cache'] }).toEqual({ status: 200, cached: 'MISS' });
  });

  it('is purged from the command line', async () => {
    await productionVersion();
    const common = ['--state', platform.stateDirectory, '--json'];
    const run = async (...args: string[]) => {
      const variables = { CACHE_URL: platform.urls.cache, OPERATOR_TOKEN };
      const { code, lastLine } = await finished(
        start('apps/croupier/dist/main.js', ['cache', ...args, ...common], variables),
      );
      expect(code).toBe(0);
      return JSON.parse(lastLine);
    };

    const dryRun = await run('purge', '--tag', 'games.current', '--dry-run', '--reason', 'a rehearsal');
    expect(dryRun).toMatchObject({ state: 'done', dryRun: true });
    expect((await request(varnish.url).get(POINTER)).headers['x-cache']).toBe('HIT');
    const purged = await run(
      'purge',
      '--tag',
      'games.current',
      '--target',
      'edge',
      '--reason',
      'for the test',
    );
    expect(purged).toMatchObject({ state: 'done', entries: 1 });
    expect((await request(varnish.url).get(POINTER)).headers['x-cache']).toBe('MISS');
    expect((await run('jobs')).jobs[0].id).toBe(purged.id);
  });
});
