import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@croupier/testing';
import request from 'supertest';
import { Unleash } from 'unleash-client';
import { connectedSdk, destroySdk } from '../../test/sdk';
import { CLIENT_TOKEN, FRONTEND_TOKEN, TestFlags } from '../../test/test-flags';

const STREAMING = { experimentalMode: { type: 'streaming' } } as const;

describe('what SDKs are told', () => {
  let flags: TestFlags;
  let replica: TestFlags;

  beforeAll(async () => {
    flags = await TestFlags.start();
    replica = await TestFlags.start({}, flags.freshDatabase);
  });
  afterAll(async () => {
    await replica.stop();
    await flags.stop();
  });

  it('comes by stream from every replica, whichever took the change', async () => {
    const sdks = [await connectedSdk(flags.url, STREAMING), await connectedSdk(replica.url, STREAMING)];
    await flags.put('streamed', { enabled: true }).expect(200);
    for (const sdk of sdks) await eventually(() => sdk.isEnabled('streamed'));
    await replica.archive('streamed').expect(204);
    for (const sdk of sdks) await eventually(() => !sdk.isEnabled('streamed'));
    for (const sdk of sdks) destroySdk(sdk);
  });

  it('has the same ETag from every replica', async () => {
    await flags.put('tagged', { enabled: true }).expect(200);
    await eventually(async () => {
      const [one, other] = [await flags.client('features'), await replica.client('features')];
      return one.headers['etag'] === other.headers['etag'];
    });
  });

  it('is not changed by what happens in another environment', async () => {
    const { headers } = await flags.client('features').expect(200);
    await flags.as('ann', 'put', '/v1/flag-environments/apart').send({ reason: 'for the test' }).expect(200);
    await flags.set('apart-only', 'apart', { enabled: true }).expect(200);
    await flags.archive('apart-only').expect(204);
    await eventually(async () => {
      const { status } = await flags.client('features').set('if-none-match', headers['etag']!);
      return status === 304;
    });
  });

  it('goes on from the revision that an SDK has, by delta', async () => {
    const hydration = await flags.client('delta').expect(200);
    expect(hydration.body.events[0].type).toBe('hydration');
    await flags.client('delta').set('if-none-match', hydration.headers['etag']!).expect(304);
    await flags.put('by-delta', { enabled: true }).expect(200);
    const delta = await eventually(async () => {
      const answer = await flags.client('delta').set('if-none-match', hydration.headers['etag']!);
      return answer.status === 200 && answer;
    });
    expect(delta.body.events).toMatchObject([{ type: 'feature-updated', feature: { name: 'by-delta' } }]);
  });

  it('is said anew to whoever has a revision that is not known here', async () => {
    const { body } = await flags.client('delta').set('if-none-match', '"999999999"').expect(200);
    expect(body.events[0].type).toBe('hydration');
  });

  it('has segments inline for SDKs that know none, and never more players than were meant', async () => {
    const constraints = [{ contextName: 'userId', operator: 'IN', values: ['ann'] }];
    const { body: segment } = await flags
      .as('ann', 'put', '/v1/flag-segments/vips')
      .send({ constraints, reason: 'for the test' })
      .expect(200);
    const strategies = [
      { name: 'default', segments: [segment.id] },
      { name: 'default', segments: [12_345_678] },
    ];
    await flags.set('segmented', 'development', { enabled: true, strategies }).expect(200);
    const feature = async (spec: string) => {
      const { body } = await flags.client('features?namePrefix=segmented').set('unleash-client-spec', spec);
      return { feature: body.features[0], segments: body.segments };
    };
    await eventually(async () => (await feature('5.2.0')).feature !== undefined);
    expect(await feature('5.2.0')).toMatchObject({
      feature: { strategies: [{ segments: [segment.id] }, { segments: [12_345_678] }] },
      segments: expect.arrayContaining([expect.objectContaining({ id: segment.id })]),
    });
    const old = await feature('4.1.0');
    expect(old.segments).toBeUndefined();
    expect(old.feature.strategies).toMatchObject([
      { name: 'default', constraints },
      { name: 'userWithId', parameters: { userIds: '' } },
    ]);
  });

  it('is off where every strategy is disabled', async () => {
    const strategies = [{ name: 'default', disabled: true }];
    await flags.set('disabled', 'development', { enabled: true, strategies }).expect(200);
    await eventually(async () => {
      const { body } = await flags.client('features?namePrefix=disabled');
      return body.features[0]?.enabled === false;
    });
  });

  it('is compressed for those who can read it', async () => {
    const { headers } = await flags.client('features').set('accept-encoding', 'gzip').expect(200);
    expect(headers['content-encoding']).toBe('gzip');
    const plain = await flags.client('features').set('accept-encoding', 'identity').expect(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['features', undefined, 401],
    ['streaming', 'wrong', 401],
    ['features', FRONTEND_TOKEN, 403],
    ['delta', FRONTEND_TOKEN, 403],
  ])('is kept from whoever has no token for it: %s with %s', async (path, token, status) => {
    const call = request(flags.url).get(`/api/client/${path}`);
    const answer = await (token === undefined ? call : call.set('authorization', token)).expect(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('has its end when too many streams are open, so that SDKs poll instead', async () => {
    const narrow = await TestFlags.start({ FLAGS_STREAMS_MAX: '0' }, flags.freshDatabase);
    await narrow.client('streaming').expect(429);
    const sdk = await connectedSdk(narrow.url, STREAMING);
    await flags.put('polled', { enabled: true }).expect(200);
    await eventually(() => sdk.isEnabled('polled'));
    destroySdk(sdk);
    await narrow.stop();
  });

  it('takes reports of SDKs and of proxies before them', async () => {
    const post = (path: string, body: object) =>
      request(flags.url).post(`/api/client/${path}`).set('authorization', CLIENT_TOKEN).send(body);
    await post('register', { appName: 'slots', strategies: [], started: new Date(), interval: 1 }).expect(
      202,
    );
    await post('metrics/bulk', {
      applications: [{ appName: 'slots' }],
      metrics: [{ featureName: 'tagged', appName: 'slots', environment: 'development', yes: 3, no: 2 }],
    }).expect(202);
    await post('metrics', { appName: 'slots' }).expect(422);
    const { text } = await request(flags.url).get('/metrics').expect(200);
    expect(text).toMatch(/flags_evaluations_total\{result="on",service="flags"\} 3/);
  });
});

describe('an SDK whose flags service goes away', () => {
  let flags: TestFlags;
  let backupPath: string;

  beforeAll(async () => {
    backupPath = await mkdtemp(join(tmpdir(), 'croupier-flags-backup-'));
    flags = await TestFlags.start();
    await flags.put('lasting', { enabled: true }).expect(200);
    await flags.put('off', { enabled: false }).expect(200);
  });
  afterAll(async () => {
    await flags.stop();
    await rm(backupPath, { recursive: true });
  });

  it('keeps what it has, and hears of changes when the service is back', async () => {
    const sdk = await connectedSdk(flags.url, STREAMING);
    const polling = await connectedSdk(flags.url);
    for (const each of [sdk, polling]) await eventually(() => each.isEnabled('lasting'));
    await flags.stopService();
    for (const each of [sdk, polling]) {
      expect(each.isEnabled('lasting')).toBe(true);
      expect(each.isEnabled('off')).toBe(false);
      expect(each.isEnabled('unheard-of')).toBe(false);
    }
    await flags.startAgain();
    await flags.put('lasting', { enabled: false }).expect(200);
    for (const each of [sdk, polling])
      await eventually(() => !each.isEnabled('lasting'), { timeoutMs: 20_000 });
    destroySdk(sdk);
    destroySdk(polling);
  });

  it('starts with the last known flags of its backup file, or with its bootstrap, and turns nothing on', async () => {
    await flags.put('lasting', { enabled: true }).expect(200);
    const first = new Unleash(config({ backupPath, refreshInterval: 50 }));
    await new Promise((resolve) => first.once('synchronized', resolve));
    await eventually(() => first.isEnabled('lasting'));
    destroySdk(first);
    const { text } = await flags.client('features').expect(200);
    const bootstrap = { data: (JSON.parse(text) as { features: never[] }).features };
    await flags.stopService();

    for (const source of [{ backupPath }, { bootstrap, backupPath: tmpdir(), appName: 'another' }]) {
      const sdk = new Unleash(config(source));
      const refused = new Promise((resolve) => sdk.once('error', resolve));
      await new Promise((resolve) => sdk.once('ready', resolve));
      await refused;
      expect(sdk.isEnabled('lasting')).toBe(true);
      expect(sdk.isEnabled('off')).toBe(false);
      destroySdk(sdk);
    }
    const ignorant = new Unleash(config({ backupPath: tmpdir(), appName: 'ignorant' }));
    const refused = new Promise((resolve) => ignorant.once('error', resolve));
    await refused;
    expect(ignorant.isEnabled('lasting')).toBe(false);
    destroySdk(ignorant);
    await flags.startAgain();
  });

  const config = (more: object) => ({
    url: `${flags.url}/api/`,
    appName: 'lasting',
    customHeaders: { Authorization: CLIENT_TOKEN },
    disableMetrics: true,
    skipInstanceCountWarning: true,
    ...more,
  });
});
