import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { answer, HttpDouble, startVarnish, type RunningVarnish, type SeenRequest } from '@croupier/testing';
import { Agent, request } from 'undici';
import { promoted, RunningCache, staged } from '../../../test/running-cache';

const VCL = join(__dirname, '../../../../../deploy/varnish/croupier.vcl');
const TOKEN = 'purge-token';
const GAMES = ['slots', 'wheel', 'dice', 'cards', 'bingo'];
const FILES_OF_EACH = 2_000;

describe('a real Varnish', () => {
  let origin: HttpDouble;
  let varnish: RunningVarnish;
  let running: RunningCache;
  let current = '1.0.0';
  const client = new Agent({ connections: 20 });

  beforeAll(async () => {
    origin = await HttpDouble.start(originAnswer);
    const { hostname, port } = new URL(origin.url);
    varnish = await startVarnish(VCL, {
      REGISTRY_HOST: hostname,
      REGISTRY_PORT: port,
      FILES_HOST: hostname,
      FILES_PORT: port,
      FILES_PROVIDER: 'acme',
      READ_TOKEN: 'read-token',
      PURGE_TOKEN: TOKEN,
    });
    const target = {
      kind: 'varnish',
      name: 'edge',
      urls: [varnish.url],
      token: TOKEN,
      originUrl: origin.url,
    };
    running = await RunningCache.start({
      CACHE_TARGETS: JSON.stringify([target]),
      CACHE_CALL_TIMEOUT_MS: '5000',
      REGISTRY_URL: origin.url,
    });
  });
  afterAll(async () => {
    await running.stop();
    await varnish.stop();
    await origin.stop();
    await client.destroy();
  });

  function originAnswer({ path }: SeenRequest) {
    if (path.endsWith('/manifest')) return answer(200, manifest(path.split('/')[6] ?? ''));
    if (path.startsWith('/v1/games')) return answer(200, { productionVersion: current });
    if (path.includes('/missing/')) return answer(404, 'not there');
    return answer(200, `the bytes of ${path}`);
  }

  async function get(path: string): Promise<{ cached: boolean; body: string; status: number }> {
    const { headers, body, statusCode } = await request(varnish.url + path, { dispatcher: client });
    return { cached: headers['x-cache'] === 'HIT', body: await body.text(), status: statusCode };
  }

  const purge = (selector: object) => running.done({ selectors: [selector], targets: ['edge'] });
  const fileOf = (game: string, index: number) => `/releases/${game}/1.0.0/${index}.js`;

  async function cachedOf(game: string): Promise<number> {
    let cached = 0;
    const ask = async (from: number): Promise<void> => {
      for (let index = from; index < FILES_OF_EACH; index += 20)
        if ((await get(fileOf(game, index))).cached) cached += 1;
    };
    await Promise.all(Array.from({ length: 20 }, (_, from) => ask(from)));
    return cached;
  }

  it('loses the objects of one game of 10,000, by tag, and those alone', async () => {
    for (const game of GAMES) expect(await cachedOf(game)).toBe(0);

    const job = await purge({ kind: 'tags', tags: ['game.acme.dice'] });

    expect(job).toMatchObject({ state: 'done', entries: FILES_OF_EACH });
    for (const game of GAMES) expect(await cachedOf(game)).toBe(game === 'dice' ? 0 : FILES_OF_EACH);
  });

  it.each([
    ['version', { kind: 'version', provider: 'acme', game: 'slots', version: '1.0.0' }, fileOf('slots', 1)],
    ['key', { kind: 'keys', keys: [fileOf('wheel', 1)] }, fileOf('wheel', 1)],
    ['prefix', { kind: 'prefix', prefix: '/releases/wheel/1.0.0/1' }, fileOf('wheel', 1)],
    ['pattern', { kind: 'pattern', pattern: '/releases/wh*/?.0.0/1.js' }, fileOf('wheel', 1)],
    ['everything', { kind: 'everything' }, fileOf('wheel', 1)],
  ])('is purged by %s', async (kind, selector, gone) => {
    const others = ['/releases/roulette/1.0.0/1.js', '/releases/roulette/1.0.0/a.b'];
    for (const path of [gone, ...others]) await get(path);
    expect((await get(gone)).cached).toBe(true);

    expect(await purge(selector)).toMatchObject({ state: 'done' });

    expect((await get(gone)).cached).toBe(false);
    for (const path of others) expect((await get(path)).cached).toBe(kind !== 'everything');
  });

  it('takes no purge without the token', async () => {
    await get(fileOf('cards', 1));
    for (const method of ['PURGE', 'BAN'] as const) {
      const { statusCode, body } = await request(varnish.url + fileOf('cards', 1), {
        method: method as 'PUT',
        headers: { 'xkey-purge': 'game.acme.cards', 'x-ban-url': '.', 'x-purge-token': 'a guess' },
      });
      await body.dump();
      expect(statusCode).toBe(403);
    }
    expect((await get(fileOf('cards', 1))).cached).toBe(true);
  });

  describe('with a rule that says where things are', () => {
    const pointer = '/v1/games/acme/roulette/versions';
    beforeAll(() =>
      running.putRule('acme', {
        scope: { provider: 'acme' },
        warmUp: { files: '/releases/{game}/{version}/{path}' },
        pointers: [{ path: pointer, expect: '"productionVersion":"{current}"' }],
      }),
    );

    it('has the files of a version before it gets traffic, each as the manifest says', async () => {
      const job = await running.afterEvent(staged('roulette', '1.1.0'), 'release.staged');
      expect(job).toMatchObject({ state: 'done', tasks: [{ target: 'edge', done: 2, total: 2 }] });
      for (const path of ['index.html', 'game.js'])
        expect(await get(`/releases/roulette/1.1.0/${path}`)).toMatchObject({ cached: true, status: 200 });
    });

    it('answers with the new version once the job is done, and the job waits for the origin', async () => {
      await get(pointer);
      expect(await get(pointer)).toMatchObject({ cached: true, body: '{"productionVersion":"1.0.0"}' });
      await get('/releases/roulette/1.0.0/1.js');
      const event = promoted('roulette');
      await running.bus.publish([event]);
      const [job] = await running.jobsOf('roulette');
      // The origin says it a moment later than the event: what was cached until then is the old answer.
      await get(pointer);
      current = '1.1.0';

      const over = await running.over(job!.id);

      expect(over.state).toBe('done');
      expect(await get(pointer)).toMatchObject({ body: '{"productionVersion":"1.1.0"}' });
      expect(await get('/releases/roulette/1.0.0/1.js')).toMatchObject({ cached: false });
      expect(await get('/releases/roulette/1.1.0/game.js')).toMatchObject({ cached: true });
      const purged = over.tasks.filter(({ step, target }) => step.kind === 'purge' && target === 'edge');
      expect(purged[0]?.step).toMatchObject({ selector: { kind: 'keys', keys: [pointer] } });
      const times = over.tasks
        .filter(({ target }) => target === 'edge')
        .map((task) => Date.parse(task.finishedAt!));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('keeps the pointer to the old version while new files cannot be had', async () => {
      const broken = await RunningCache.start({
        CACHE_TARGETS: JSON.stringify([
          { kind: 'varnish', name: 'edge', urls: [varnish.url], token: TOKEN, originUrl: origin.url },
        ]),
        CACHE_ATTEMPTS: '2',
        REGISTRY_URL: origin.url,
      });
      try {
        await broken.putRule('missing', {
          warmUp: { paths: ['/releases/missing/{version}/game.js'] },
          pointers: [{ path: '/v1/games/acme/missing/versions' }],
        });
        await get('/v1/games/acme/missing/versions');
        const job = await broken.afterEvent(promoted('missing'), 'rollout.promoted');
        expect(job.state).toBe('failed');
        const atEdge = job.tasks.filter(({ target }) => target === 'edge');
        expect(atEdge.map(({ state }) => state)).toEqual(['failed', ...atEdge.slice(1).map(() => 'skipped')]);
        expect((await get('/v1/games/acme/missing/versions')).cached).toBe(true);
      } finally {
        await broken.stop();
      }
    });
  });
});

function manifest(version: string): object {
  const file = (path: string) => {
    const bytes = `the bytes of /releases/roulette/${version}/${path}`;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path, sizeBytes: bytes.length, sha256 };
  };
  return {
    manifestVersion: 1,
    provider: 'acme',
    game: 'roulette',
    version,
    markets: ['MT'],
    files: [file('index.html'), file('game.js')],
    server: { runtime: 'remote', url: 'http://127.0.0.1:9' },
    client: { entry: 'index.html' },
  };
}
