import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SERVICE_NAMES } from '@croupier/contracts';
import { eventually, startPrometheus, type RunningPrometheus } from '@croupier/testing';
import request from 'supertest';
import { dashboardQueries } from './dashboards';
import { documentedMetrics, METRICS_PAGE, ownMetrics, promtoolFindings } from './metrics';
import { introduce, startPlatform, startProvider, type TestPlatform } from './platform';
import { finished, start } from './program';

const GAME = 'lucky-sevens';
const UNKNOWN_RELEASE = '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f';

interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

describe('an operator', () => {
  let platform: TestPlatform;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let prometheus: RunningPrometheus;
  const beganAt = Date.now();

  beforeAll(async () => {
    [platform, provider] = await Promise.all([
      startPlatform({ STEP_MIN_DURATION_MS: '1000', STEP_MIN_REQUESTS: '10', DRAIN_MS: '60000' }),
      startProvider(),
    ]);
    prometheus = await startPrometheus(Object.values(platform.urls).map((url) => new URL(url).host));
  });
  afterAll(() => Promise.all([platform.stop(), provider.stop(), prometheus.stop()]));

  const bearer = () => `Bearer ${platform.secrets['OPERATOR_TOKEN']}`;
  const deployer = () => request(platform.urls.deployer);

  async function ship(version: string): Promise<void> {
    await request(provider.url)
      .post('/publish')
      .send({ game: GAME, version, markets: ['MT'] })
      .expect(201);
    await request(provider.url).post('/announce').send({ game: GAME, version }).expect(200);
  }

  function releaseIn(version: string, status: string) {
    return eventually(
      async () => {
        const { body } = await deployer().get('/v1/releases').set('authorization', bearer()).expect(200);
        return body.releases.find(
          (release: { version: string; status: string }) =>
            release.version === version && release.status === status,
        );
      },
      { timeoutMs: 40_000 },
    );
  }

  /** A release's timeline once it tells an event of this type. */
  async function timelineWith(releaseId: string, type: string): Promise<Told[]> {
    return eventually(async () => {
      const { body } = await deployer()
        .get(`/v1/releases/${releaseId}/timeline`)
        .set('authorization', bearer())
        .expect(200);
      const entries = body.entries as Told[];
      return entries.some((entry) => entry.type === type) && entries;
    });
  }

  /** New players until one of them plays on the canary. */
  async function playOnCanary(version: string): Promise<boolean> {
    const gateway = request(platform.urls.gateway);
    const player = randomUUID();
    const { body: launch } = await gateway
      .get(`/v1/launch/acme/${GAME}`)
      .query({ player, market: 'MT' })
      .expect(200);
    await gateway
      .post(`${launch.playPath}deposit`)
      .set('x-croupier-session', launch.sessionToken)
      .send({ player, amount: 500, idempotencyKey: player })
      .expect(200);
    return launch.version === version;
  }

  /** Whether Prometheus has an answer to a query at any moment since the test began. */
  async function answered(query: string): Promise<boolean> {
    const range = { start: beganAt / 1000, end: Date.now() / 1000, step: 1 };
    const { body } = await request(prometheus.url)
      .get('/api/v1/query_range')
      .query({ query, ...range })
      .expect(200);
    return body.data.result.length > 0;
  }

  it.each(SERVICE_NAMES)('finds %s healthy, measured and described', async (name) => {
    const service = request(platform.urls[name]);
    await service.get('/health/live').expect(200);
    await service.get('/health/ready').expect(200);
    const metrics = await service.get('/metrics').expect(200);
    expect(metrics.text).toContain(`service="${name}"`);
    const { body } = await service.get('/openapi.json').expect(200);
    expect(body).toMatchObject({
      openapi: expect.stringMatching(/^3\./),
      info: { title: `Croupier ${name}` },
    });
  });

  it('needs a token', async () => {
    const token = platform.secrets['OPERATOR_TOKEN'];
    for (const authorization of ['', 'Bearer wrong', `Basic ${token}`, `${token}`]) {
      const answer = await deployer().get('/v1/releases').set('authorization', authorization).expect(401);
      expect(answer.type).toBe('application/problem+json');
    }
  });

  it('is told which field is wrong and what to do', async () => {
    const { body } = await deployer()
      .post(`/v1/releases/${UNKNOWN_RELEASE}/abort`)
      .set('authorization', bearer())
      .send({})
      .expect(422);
    expect(body).toMatchObject({ status: 422, remedy: expect.any(String), errors: [{ field: 'reason' }] });
  });

  it('is told that a release is not known', async () => {
    await deployer().get(`/v1/releases/${UNKNOWN_RELEASE}`).set('authorization', bearer()).expect(404);
  });

  it('sees a first version promoted, pauses the next, and aborts it; every session stays where it is', async () => {
    await introduce(provider, platform, platform.secrets['OPERATOR_TOKEN'] ?? '');
    await ship('1.0.0');
    const first = await releaseIn('1.0.0', 'promoted');
    await timelineWith(first.id, 'cache.invalidated');

    const gateway = request(platform.urls.gateway);
    const launch = await eventually(
      async () => {
        const answer = await gateway.get(`/v1/launch/acme/${GAME}`).query({ player: 'ann', market: 'MT' });
        return answer.status === 200 ? answer.body : undefined;
      },
      { timeoutMs: 10_000 },
    );
    expect(launch).toMatchObject({ version: '1.0.0', playPath: `/play/acme/${GAME}/` });
    const elsewhere = await gateway
      .get(`/v1/launch/acme/${GAME}`)
      .query({ player: 'ann', market: 'GB' })
      .expect(403);
    expect(elsewhere.body.type).toMatch(/market-not-certified$/);

    // The registry keeps a manifest that was asked for in the shared cache; the rollback has to purge it.
    await request(platform.urls.registry).get(`/v1/games/acme/${GAME}/versions/1.0.0/manifest`).expect(200);

    await ship('1.1.0');
    const canary = await releaseIn('1.1.0', 'progressing');
    const command = (name: string) =>
      deployer()
        .post(`/v1/releases/${canary.id}/${name}`)
        .set('authorization', bearer())
        .send({ reason: 'a rehearsal' });
    await command('pause').expect(202);
    await eventually(() => playOnCanary(canary.version), { timeoutMs: 40_000 });
    await eventually(() => answered(`canary_error_rate{version="${canary.version}"}`), { timeoutMs: 40_000 });
    const { body: refused } = await command('pause').expect(409);
    expect(refused.type).toMatch(/command-impossible$/);
    await command('abort').expect(202);
    expect(await releaseIn('1.1.0', 'rolled-back')).toMatchObject({
      weightPercent: 0,
      stableVersion: '1.0.0',
    });

    const played = await gateway
      .post(`${launch.playPath}deposit`)
      .set('x-croupier-session', launch.sessionToken)
      .send({ player: 'ann', amount: 500, idempotencyKey: 'd1' })
      .expect(200);
    expect(played.headers['x-croupier-version']).toBe('1.0.0');

    const entries = await timelineWith(canary.id, 'cache.invalidated');
    const told = entries.map(({ type }) => type);
    expect(entries.find(({ type }) => type === 'cache.invalidated')?.data).toMatchObject({ keysRemoved: 1 });
    expect(told).toEqual(
      expect.arrayContaining([
        'release.queued',
        'tests.passed',
        'migration.applied',
        'rollout.paused',
        'rollout.rolled_back',
      ]),
    );
    const { body: chain } = await deployer()
      .get(`/v1/releases/${canary.id}/timeline/verification`)
      .set('authorization', bearer())
      .expect(200);
    expect(chain).toEqual({ verified: true, brokenAt: null });
  });

  it('finds all of it on the dashboards', async () => {
    const queries = await dashboardQueries();
    expect(queries.length).toBeGreaterThan(50);
    const silent = async (): Promise<string[]> => {
      const answers = await Promise.all(
        queries.map(async (query) => ((await answered(query)) ? [] : [query])),
      );
      return answers.flat();
    };
    await eventually(async () => (await silent()).length === 0, { timeoutMs: 20_000 }).catch(() => undefined);
    expect(await silent()).toEqual([]);
  });

  it('finds every metric of every service documented, by names that Prometheus likes', async () => {
    const documented = documentedMetrics(await readFile(METRICS_PAGE, 'utf8'));
    const texts = await Promise.all(
      SERVICE_NAMES.map(
        async (name) => (await request(platform.urls[name]).get('/metrics').expect(200)).text,
      ),
    );
    expect([...new Set(texts.flatMap(ownMetrics))].sort()).toEqual(documented);
    for (const text of texts) expect(await promtoolFindings(text)).toEqual([]);
  });

  it('reads the status from the command line', async () => {
    const addresses = Object.fromEntries(
      Object.entries(platform.urls).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]),
    );
    const args = ['status', '--json', '--state', platform.stateDirectory];
    const { code, lastLine } = await finished(start('apps/croupier/dist/main.js', args, addresses));
    expect(code).toBe(0);
    expect(JSON.parse(lastLine).services).toHaveLength(SERVICE_NAMES.length);
  });
});
