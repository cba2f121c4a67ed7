import { answer, HttpDouble, startNginx, type RunningNginx } from '@croupier/testing';
import { RunningCache } from '../../../test/running-cache';

const TOKEN = 'bypass-token';

describe('a real nginx', () => {
  let origin: HttpDouble;
  let nginx: RunningNginx;
  let running: RunningCache;
  let version = 1;

  beforeAll(async () => {
    origin = await HttpDouble.start(({ path }) => answer(200, `${path} in version ${version}`));
    nginx = await startNginx(origin.url, TOKEN);
    const shared = { kind: 'nginx', urls: [nginx.url], originUrl: origin.url };
    running = await RunningCache.start({
      CACHE_CALL_TIMEOUT_MS: '5000',
      CACHE_TARGETS: JSON.stringify([
        { ...shared, name: 'purging', method: 'purge' },
        { ...shared, name: 'bypassing', method: 'bypass', token: TOKEN },
      ]),
    });
  });
  afterAll(async () => {
    await running.stop();
    await nginx.stop();
    await origin.stop();
  });

  async function get(path: string): Promise<{ cache: string | null; body: string }> {
    const response = await fetch(nginx.url + path);
    return { cache: response.headers.get('x-cache'), body: await response.text() };
  }

  it.each(['purging', 'bypassing'])('gives up a page by its key: %s', async (target) => {
    const [page, other] = [`/${target}/page?x=1`, `/${target}/other`];
    version = 1;
    for (const path of [page, page, other]) await get(path);
    expect(await get(page)).toMatchObject({ cache: 'HIT', body: `${page} in version 1` });
    version = 2;

    const job = await running.done({
      selectors: [{ kind: 'keys', keys: [page] }],
      targets: [target],
      verify: [page],
    });

    expect(job).toMatchObject({ state: 'done', entries: 1 });
    expect((await get(page)).body).toBe(`${page} in version 2`);
    expect(await get(other)).toMatchObject({ cache: 'HIT', body: `${other} in version 1` });
  });

  it('has nothing to give up that it does not hold', async () => {
    const job = await running.done({ selectors: [{ kind: 'keys', keys: ['/never'] }], targets: ['purging'] });
    expect(job).toMatchObject({ state: 'done', entries: 0 });
  });

  it('cannot find pages by tag', async () => {
    await running
      .call('post', '/v1/invalidations')
      .send({ selectors: [{ kind: 'tags', tags: ['a'] }], targets: ['purging'], reason: 'the test asks' })
      .expect(422);
  });
});
