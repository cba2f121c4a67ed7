import type { InvalidationDetail, InvalidationTask } from '@croupier/contracts';
import { answer, eventually, HttpDouble, type SeenRequest } from '@croupier/testing';
import { promoted, RunningCache } from '../../../test/running-cache';

const ZONE = 'z0ne';
const tags = (count: number) => Array.from({ length: count }, (_, index) => `tag-${index}`);
const paths = (count: number) => Array.from({ length: count }, (_, index) => `/files/${index}.js`);
const jsonOf = ({ body }: SeenRequest) => JSON.parse(body) as Record<string, string[]>;

/** Each answers as its vendor documents it. */
const usualAnswers = {
  fastly: (request: SeenRequest) =>
    request.path.startsWith('/purge/') || request.path.endsWith('/purge_all')
      ? answer(200, { status: 'ok', id: '108-1391560174-974124' })
      : answer(
          200,
          Object.fromEntries((jsonOf(request)['surrogate_keys'] ?? []).map((key) => [key, `id-${key}`])),
        ),
  cloudflare: () => answer(200, { success: true, errors: [], messages: [], result: { id: ZONE } }),
  cloudfront: (request: SeenRequest) =>
    answer(
      request.method === 'POST' ? 201 : 200,
      `<?xml version="1.0"?><Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I2J0I21PCUYOIK</Id>` +
        `<Status>${request.method === 'POST' ? 'InProgress' : 'Completed'}</Status></Invalidation>`,
    ),
  akamai: () =>
    answer(201, {
      httpStatus: 201,
      detail: 'Request accepted',
      estimatedSeconds: 5,
      purgeId: 'e535071c-26b2-11e7-94d7-276f2f54d938',
      supportId: '17PY1492793544958045-219026624',
    }),
};
type Vendor = keyof typeof usualAnswers;

describe('the CDNs', () => {
  const vendors = {} as Record<Vendor, HttpDouble>;
  let running: RunningCache;

  beforeAll(async () => {
    for (const name of Object.keys(usualAnswers) as Vendor[])
      vendors[name] = await HttpDouble.start(usualAnswers[name]);
    const common = { host: 'games.example.com', token: 'secret' };
    const targets = [
      { kind: 'fastly', name: 'fastly', apiUrl: vendors.fastly.url, serviceId: 'SU1Z', ...common },
      {
        kind: 'cloudflare',
        name: 'cloudflare',
        apiUrl: vendors.cloudflare.url,
        zoneId: ZONE,
        plan: 'pro',
        ...common,
      },
      {
        kind: 'cloudfront',
        name: 'cloudfront',
        apiUrl: vendors.cloudfront.url,
        distributionId: 'EDFDVBD6EXAMPLE',
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
        pollEveryMs: 10,
      },
      {
        kind: 'akamai',
        name: 'akamai',
        apiUrl: vendors.akamai.url,
        clientToken: 'client',
        clientSecret: 'secret',
        accessToken: 'access',
        host: 'games.example.com',
        cpCodes: [12345],
      },
    ];
    running = await RunningCache.start({ CACHE_TARGETS: JSON.stringify(targets), CACHE_ATTEMPTS: '4' });
  });
  afterAll(async () => {
    await running.stop();
    await Promise.all(Object.values(vendors).map((double) => double.stop()));
  });
  beforeEach(() => {
    for (const double of Object.values(vendors)) double.forget();
  });

  const purge = (target: Vendor, selector: object) =>
    running.done({ selectors: [selector], targets: [target] });
  const theTask = ({ tasks }: InvalidationDetail): InvalidationTask => tasks[0]!;

  it('Fastly: sends surrogate keys 256 at a time, softly', async () => {
    const job = await purge('fastly', { kind: 'tags', tags: tags(600) });
    expect(job.state).toBe('done');
    expect(theTask(job)).toMatchObject({ done: 600, total: 600, attempts: 1 });
    const { seen } = vendors.fastly;
    expect(seen.map((request) => jsonOf(request)['surrogate_keys']?.length)).toEqual([256, 256, 88]);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/service/SU1Z/purge',
      headers: { 'fastly-key': 'secret', 'fastly-soft-purge': '1' },
    });
  });

  it('Fastly: purges single URLs, and everything', async () => {
    await purge('fastly', { kind: 'keys', keys: ['/v1/games', 'https://elsewhere.example.com/x?y=1'] });
    await purge('fastly', { kind: 'everything' });
    expect(vendors.fastly.seen.map(({ path }) => path)).toEqual([
      '/purge/games.example.com/v1/games',
      '/purge/games.example.com/x?y=1',
      '/service/SU1Z/purge_all',
    ]);
  });

  it('Fastly: repeats a batch of which keys were not confirmed, and no other', async () => {
    const confirmed = Object.fromEntries(tags(256).map((tag) => [tag, 'id']));
    vendors.fastly.next(answer(200, confirmed), answer(200, { 'tag-256': 'id' }));
    const job = await purge('fastly', { kind: 'tags', tags: tags(300) });
    expect(job.state).toBe('done');
    expect(theTask(job)).toMatchObject({ attempts: 2, done: 300 });
    expect(vendors.fastly.seen.map((request) => jsonOf(request)['surrogate_keys']?.length)).toEqual([
      256, 44, 44,
    ]);
  });

  it('Cloudflare: sends tags and URLs 100 at a time, prefixes without a scheme, and its host for everything', async () => {
    await purge('cloudflare', { kind: 'tags', tags: tags(150) });
    await purge('cloudflare', { kind: 'keys', keys: paths(101) });
    await purge('cloudflare', { kind: 'prefix', prefix: '/files/slots/' });
    await purge('cloudflare', { kind: 'everything' });
    const bodies = vendors.cloudflare.seen.map(jsonOf);
    expect(bodies.map((body) => body['tags']?.length ?? body['files']?.length ?? body)).toEqual([
      100,
      50,
      100,
      1,
      { prefixes: ['games.example.com/files/slots/'] },
      { hosts: ['games.example.com'] },
    ]);
    expect(bodies[3]).toEqual({ files: ['https://games.example.com/files/100.js'] });
    expect(vendors.cloudflare.seen[0]).toMatchObject({
      path: `/zones/${ZONE}/purge_cache`,
      headers: { authorization: 'Bearer secret' },
    });
  });

  it('Cloudflare: takes an answer of 200 that is no success for what it is', async () => {
    vendors.cloudflare.next(
      answer(200, { success: false, errors: [{ code: 1107, message: 'Only Enterprise' }], messages: [] }),
    );
    const job = await purge('cloudflare', { kind: 'tags', tags: ['a'] });
    expect(job.state).toBe('done');
    expect(theTask(job).attempts).toBe(2);
  });

  it('CloudFront: invalidates paths under a reference of their own, and is done when CloudFront is', async () => {
    const job = await purge('cloudfront', { kind: 'keys', keys: paths(700) });
    expect(job.state).toBe('done');
    const [created, polled] = vendors.cloudfront.seen;
    expect(created?.body).toContain('<Quantity>700</Quantity>');
    expect(created?.body).toContain(`<CallerReference>${job.id}-0-0</CallerReference>`);
    expect(created?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/cloudfront\/aws4_request, SignedHeaders=/,
    );
    expect(polled).toMatchObject({
      method: 'GET',
      path: '/2020-05-31/distribution/EDFDVBD6EXAMPLE/invalidation/I2J0I21PCUYOIK',
    });
  });

  it('CloudFront: a prefix is a path with a wildcard', async () => {
    await purge('cloudfront', { kind: 'prefix', prefix: '/files/a&b/' });
    expect(vendors.cloudfront.seen[0]?.body).toContain('<Path>/files/a&amp;b/*</Path>');
  });

  it('CloudFront: comes again under the same reference when too much is in progress', async () => {
    vendors.cloudfront.next(
      answer(
        400,
        '<ErrorResponse><Error><Type>Sender</Type><Code>TooManyInvalidationsInProgress</Code><Message>Wait</Message></Error></ErrorResponse>',
      ),
    );
    const job = await purge('cloudfront', { kind: 'keys', keys: ['/a'] });
    expect(job.state).toBe('done');
    const references = vendors.cloudfront.seen
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => /<CallerReference>(.*)<\/CallerReference>/.exec(body)?.[1]);
    expect(references).toEqual([`${job.id}-0-0`, `${job.id}-0-0`]);
  });

  it('Akamai: sends tags, URLs and CP codes apart, each under 50 KB', async () => {
    const long = Array.from({ length: 900 }, (_, index) => `${'x'.repeat(90)}-${index}`);
    await purge('akamai', { kind: 'tags', tags: long });
    await purge('akamai', { kind: 'keys', keys: ['/a'] });
    await purge('akamai', { kind: 'everything' });
    const { seen } = vendors.akamai;
    expect(seen.map(({ path }) => path)).toEqual([
      '/ccu/v3/invalidate/tag/production',
      '/ccu/v3/invalidate/tag/production',
      '/ccu/v3/invalidate/url/production',
      '/ccu/v3/invalidate/cpcode/production',
    ]);
    for (const { body } of seen) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(50_000);
    expect(seen.slice(0, 2).flatMap((request) => jsonOf(request)['objects'])).toEqual(long);
    expect(seen[2]?.body).toBe('{"objects":["https://games.example.com/a"]}');
    expect(seen[3]?.body).toBe('{"objects":[12345]}');
    expect(seen[0]?.headers['authorization']).toMatch(
      /^EG1-HMAC-SHA256 client_token=client;access_token=access;/,
    );
  });

  const okay = { kind: 'tags', tags: ['a'] };

  it.each<[string, Parameters<HttpDouble['next']>, number]>([
    ['hangs', [{ kind: 'hang' }], 2],
    ['fails twice', [answer(500, 'oops'), answer(503, 'busy')], 3],
    ['has enough', [answer(429, 'slow down', { 'retry-after': '1' })], 2],
  ])('a target that %s is asked again, and the job ends once, done', async (_, behaviours, attempts) => {
    vendors.fastly.next(...behaviours);
    const job = await purge('fastly', okay);
    expect(job).toMatchObject({ state: 'done' });
    expect(theTask(job)).toMatchObject({ state: 'done', attempts });
    expect(vendors.fastly.seen).toHaveLength(attempts);
  });

  it('waits as long as Retry-After says, and so does every other job at that target', async () => {
    vendors.fastly.next(answer(429, 'slow down', { 'retry-after': '2' }));
    const first = await running.order({ selectors: [okay], targets: ['fastly'] });
    const paused = await eventually(async () => {
      const task = theTask(await running.job(first));
      return task.state === 'waiting' && task.attempts === 1 && task;
    });
    expect(Date.parse(paused.nextAttemptAt!) - Date.now()).toBeGreaterThan(500);
    expect(paused.detail).toContain('429');
    const second = await running.order({ selectors: [okay], targets: ['fastly'] });
    const [one, two] = [await running.over(first), await running.over(second)];
    expect(Date.parse(theTask(two).startedAt!)).toBeGreaterThanOrEqual(Date.parse(paused.nextAttemptAt!));
    expect(theTask(one).attempts).toBe(2);
    expect(theTask(two).attempts).toBe(1);
  });

  it('a target that refuses is asked once: no repetition can help', async () => {
    vendors.fastly.next(answer(401, { msg: 'Provided credentials are missing or invalid' }));
    const job = await purge('fastly', okay);
    expect(job.state).toBe('failed');
    expect(theTask(job)).toMatchObject({
      state: 'failed',
      attempts: 1,
      detail: expect.stringContaining('401'),
    });
  });

  it('a target that never answers fails in the end, the others are done, and the release is told of each', async () => {
    vendors.cloudflare.next(...Array.from({ length: 8 }, () => ({ kind: 'hang' }) as const));
    await running.cache.set('game:acme/hanging:launch', 'x', 60);
    const event = promoted('hanging');
    const job = await running.afterEvent(event, 'rollout.promoted');

    expect(job.state).toBe('failed');
    const failed = job.tasks.filter(({ state }) => state === 'failed');
    expect(new Set(failed.map(({ target }) => target))).toEqual(new Set(['cloudflare']));
    expect(failed[0]).toMatchObject({ attempts: 4, detail: expect.stringContaining('no answer within') });
    expect(await running.cache.get('game:acme/hanging:launch')).toBeNull();
    const told = await eventually(() => {
      const all = running.told.filter(({ data }) => (data as { game: string }).game === 'hanging');
      return all.length === 4 && all.map(({ data }) => data as { target: string; failure?: string });
    });
    expect(told.filter(({ failure }) => failure !== undefined).map(({ target }) => target)).toEqual([
      'cloudflare',
    ]);
  });

  it('lets a job be cancelled that waits for a target', async () => {
    vendors.fastly.next(answer(429, '', { 'retry-after': '60' }));
    const id = await running.order({ selectors: [okay], targets: ['fastly'] });
    await eventually(
      async () =>
        theTask(await running.job(id)).attempts === 1 && theTask(await running.job(id)).state === 'waiting',
    );
    const { body } = await running
      .call('post', `/v1/invalidations/${id}/cancel`)
      .send({ reason: 'not needed any more' })
      .expect(202);
    expect(body).toMatchObject({ state: 'cancelled', tasks: [{ state: 'skipped' }] });
    await running.call('post', `/v1/invalidations/${id}/cancel`).send({ reason: 'again' }).expect(409);
  });
});
