import { eventually } from '@croupier/testing';
import request from 'supertest';
import { connectedSdk, destroySdk } from '../../test/sdk';
import { CLIENT_TOKEN, FRONTEND_TOKEN, TestFlags } from '../../test/test-flags';

describe('the frontend API', () => {
  let flags: TestFlags;

  beforeAll(async () => {
    flags = await TestFlags.start({ FLAGS_FRONTEND_ORIGINS: 'https://casino.example' });
    const rollout = { rollout: '50', stickiness: 'userId', groupId: 'half' };
    const variants = [
      { name: 'red', weight: 500, stickiness: 'userId', payload: { type: 'string', value: 'r' } },
      { name: 'blue', weight: 500, stickiness: 'userId' },
    ];
    const half = [{ name: 'flexibleRollout', parameters: rollout, variants }];
    const market = [{ contextName: 'market', operator: 'IN', values: ['MT'] }];
    await flags.set('everybody', 'development', { enabled: true }).expect(200);
    await flags.set('nobody', 'development', { enabled: false }).expect(200);
    await flags.set('half', 'development', { enabled: true, strategies: half }).expect(200);
    await flags
      .set('malta', 'development', {
        enabled: true,
        strategies: [{ name: 'default', constraints: market }],
      })
      .expect(200);
    await eventually(async () => (await ask('').expect(200)).body.toggles.length >= 1);
    await eventually(async () => (await names('?properties[market]=MT')).includes('malta'));
  });
  afterAll(() => flags.stop());

  const ask = (query: string) =>
    request(flags.url).get(`/api/frontend${query}`).set('authorization', FRONTEND_TOKEN);
  const post = (context: object) =>
    request(flags.url).post('/api/frontend').set('authorization', FRONTEND_TOKEN).send({ context });
  const namesOf = (body: { toggles: { name: string }[] }) => body.toggles.map(({ name }) => name);
  const names = async (query: string) => namesOf((await ask(query).expect(200)).body);

  it('answers what is on for who asks, with variants, and nothing that is off', async () => {
    const { body } = await ask('?userId=ann&properties[market]=MT').expect(200);
    expect(namesOf(body)).toEqual(expect.arrayContaining(['everybody', 'malta']));
    expect(namesOf(body)).not.toContain('nobody');
    expect(body.toggles.find(({ name }: { name: string }) => name === 'everybody')).toEqual({
      name: 'everybody',
      enabled: true,
      impressionData: false,
      variant: { name: 'disabled', enabled: false, feature_enabled: true, featureEnabled: true },
    });
    expect(await names('?userId=ann&market=DE')).not.toContain('malta');
    expect(namesOf((await post({ properties: { market: 'MT' } }).expect(200)).body)).toContain('malta');
  });

  it("answers as Unleash's own SDK evaluates, player by player", async () => {
    const sdk = await connectedSdk(flags.url);
    for (let index = 0; index < 40; index += 1) {
      const context = { userId: `player-${index}`, properties: { market: index % 2 ? 'MT' : 'GB' } };
      const { body } = await post(context).expect(200);
      expect(namesOf(body).includes('half')).toBe(sdk.isEnabled('half', context));
      expect(namesOf(body).includes('malta')).toBe(sdk.isEnabled('malta', context));
      const half = body.toggles.find(({ name }: { name: string }) => name === 'half');
      if (half) expect(half.variant).toEqual(sdk.getVariant('half', context));
    }
    destroySdk(sdk);
  });

  it('follows a change', async () => {
    await flags.set('nobody', 'development', { enabled: true }).expect(200);
    await eventually(async () => (await names('')).includes('nobody'));
    await flags.set('nobody', 'development', { enabled: false }).expect(200);
    await eventually(async () => !(await names('')).includes('nobody'));
  });

  it('may be asked by the pages that were named', async () => {
    const preflight = await request(flags.url)
      .options('/api/frontend')
      .set('origin', 'https://casino.example')
      .set('access-control-request-method', 'GET')
      .set('access-control-request-headers', 'authorization');
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://casino.example',
      'access-control-allow-headers': 'authorization',
    });
    const other = await ask('').set('origin', 'https://elsewhere.example').expect(200);
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('takes reports, and refuses tokens of servers', async () => {
    const report = (path: string, token: string, body: object) =>
      request(flags.url).post(`/api/frontend/client/${path}`).set('authorization', token).send(body);
    const bucket = { start: new Date(), stop: new Date(), toggles: { everybody: { yes: 1, no: 0 } } };
    await report('metrics', FRONTEND_TOKEN, { appName: 'page', bucket }).expect(200);
    await report('register', FRONTEND_TOKEN, { appName: 'page' }).expect(200);
    await report('register', CLIENT_TOKEN, { appName: 'page' }).expect(403);
    await request(flags.url).get('/api/frontend').expect(401);
    await post({ userId: { not: 'a text' } }).expect(422);
  });
});
