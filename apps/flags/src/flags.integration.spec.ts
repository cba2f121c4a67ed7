import { randomUUID } from 'node:crypto';
import type { CloudEvent, FlagChanged, ReleaseId } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import { destroySdk } from '../test/sdk';
import { service } from './service';

const OPERATOR = 'operator-token-of-the-test';
const CLIENT_TOKEN = 'default:development.client-token-of-the-test';

describe('the flags service', () => {
  let database: FreshDatabase;
  let bus: EmbeddedBus;
  let running: RunningService;
  const changes: FlagChanged[] = [];

  beforeAll(async () => {
    database = await freshDatabase();
    bus = new EmbeddedBus();
    await bus.subscribe('observer', ['flag.changed'], async ({ data }: CloudEvent) => {
      changes.push(data as FlagChanged);
    });
    running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: environment(),
    });
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await database.drop();
  });

  it('names the variable when the client token is missing', async () => {
    const { FLAGS_CLIENT_TOKEN: _, ...rest } = environment();
    const start = startService(service, { bus, cache: new InProcessCache(), environment: rest });
    await expect(start).rejects.toThrow('FLAGS_CLIENT_TOKEN');
  });

  describe('for operators', () => {
    it('creates a flag and switches it, and tells each change once', async () => {
      await put('by-hand', true).expect(200);
      await put('by-hand', true).expect(200);
      const off = await put('by-hand', false).expect(200);

      expect(off.body).toMatchObject({ name: 'by-hand', enabled: false });
      const told = await changesOf('by-hand', 2);
      expect(told).toMatchObject([
        { before: false, after: true, reason: 'for the test', releaseId: null },
        { before: true, after: false },
      ]);
      const { body } = await asOperator(request(running.url).get('/v1/flags')).expect(200);
      expect(body.items).toContainEqual(off.body);
    });

    it('refuses a name that is no slug, and a change without a reason', async () => {
      await put('No Slug', true).expect(422);
      await asOperator(request(running.url).put('/v1/flags/by-hand')).send({ enabled: true }).expect(422);
    });

    it('is for operators only', async () => {
      await request(running.url).get('/v1/flags').expect(401);
      await request(running.url).get('/v1/flags').set('authorization', CLIENT_TOKEN).expect(401);
    });
  });

  describe('for the Unleash SDK', () => {
    let unleash: Unleash;

    beforeAll(async () => {
      await put('sdk-off', false).expect(200);
      unleash = new Unleash({
        url: `${running.url}/api/`,
        appName: 'slots',
        customHeaders: { Authorization: CLIENT_TOKEN },
        refreshInterval: 50,
        metricsInterval: 50,
        storageProvider: new InMemStorageProvider(),
      });
      const registered = new Promise((resolve) => unleash.once('registered', resolve));
      const synchronized = new Promise((resolve) => unleash.once('synchronized', resolve));
      await Promise.all([registered, synchronized]);
    });

    afterAll(() => destroySdk(unleash));

    it('shows a flag that an operator switches on, and off again', async () => {
      expect(unleash.isEnabled('sdk-off')).toBe(false);
      await put('sdk-off', true).expect(200);
      await eventually(() => unleash.isEnabled('sdk-off'));
      await put('sdk-off', false).expect(200);
      await eventually(() => !unleash.isEnabled('sdk-off'));
    });

    it('is told that nothing has changed since', async () => {
      await new Promise((resolve) => unleash.once('unchanged', resolve));
    });

    it('may report how often flags were asked for', async () => {
      const sent = new Promise((resolve) => unleash.once('sent', resolve));
      unleash.isEnabled('sdk-off');
      await sent;
      const { text } = await request(running.url).get('/metrics').expect(200);
      expect(text).toMatch(/flags_evaluations_total\{result="off",service="flags"\} [1-9]/);
    });

    it.each([
      ['no token', undefined],
      ['a wrong token', 'default:development.wrong-token'],
      ['the token of an operator', `Bearer ${OPERATOR}`],
    ])('refuses %s', async (_, token) => {
      const call = request(running.url).get('/api/client/features');
      const answer = await (token ? call.set('authorization', token) : call).expect(401);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    });

    it('answers 304 to the entity tag it gave, and only the flags with the prefix asked for', async () => {
      await put('prefixed-one', true).expect(200);
      const features = () =>
        request(running.url)
          .get('/api/client/features?namePrefix=prefixed-')
          .set('authorization', CLIENT_TOKEN);
      const first = await features().expect(200);
      expect(first.body.features).toMatchObject([{ name: 'prefixed-one', enabled: true }]);

      const second = await features().set('if-none-match', String(first.headers['etag'])).expect(304);
      expect(second.text).toBe('');

      await put('prefixed-one', false).expect(200);
      await features().set('if-none-match', String(first.headers['etag'])).expect(200);
    });
  });

  describe('with releases', () => {
    it('turns the flags of a promoted release on, and off again when it is rolled back', async () => {
      const releaseId = newReleaseId();

      await bus.publish([promoted(releaseId, ['bonus-round', 'free-spins'])]);
      expect(await enabled('bonus-round')).toBe(true);
      expect(await enabled('free-spins')).toBe(true);

      await bus.publish([rolledBack(releaseId, ['bonus-round', 'free-spins'])]);
      expect(await enabled('bonus-round')).toBe(false);
      expect(await enabled('free-spins')).toBe(false);

      expect(await changesOf('bonus-round', 2)).toMatchObject([
        { before: false, after: true, releaseId },
        { before: true, after: false, releaseId, reason: expect.stringContaining('too many errors') },
      ]);
    });

    it('changes a flag once when a promotion is delivered twice', async () => {
      const event = promoted(newReleaseId(), ['told-twice']);
      await bus.publish([event]);
      await put('told-twice', false).expect(200);
      await bus.publish([event]);
      expect(await enabled('told-twice')).toBe(false);
    });

    it('leaves on what was on before the release', async () => {
      const releaseId = newReleaseId();
      await put('always-on', true).expect(200);
      await bus.publish([promoted(releaseId, ['always-on']), rolledBack(releaseId, ['always-on'])]);
      expect(await enabled('always-on')).toBe(true);
    });

    it('leaves the last word to the operator', async () => {
      const releaseId = newReleaseId();
      await bus.publish([promoted(releaseId, ['operated'])]);
      await put('operated', false).expect(200);
      await put('operated', true).expect(200);
      await bus.publish([rolledBack(releaseId, ['operated'])]);
      expect(await enabled('operated')).toBe(true);
    });

    it('answers a step that asks for a flag, also when it is set already, and takes it back with the release', async () => {
      const releaseId = newReleaseId();
      await bus.publish([requested(releaseId, 'stepped'), requested(releaseId, 'stepped')]);
      expect(await enabled('stepped')).toBe(true);
      expect(await changesOf('stepped', 2)).toMatchObject([
        { before: false, after: true, releaseId },
        { before: true, after: true, releaseId },
      ]);
      await bus.publish([rolledBack(releaseId, ['stepped'])]);
      expect(await enabled('stepped')).toBe(false);
    });

    it('sets nothing for a step of a release that was rolled back meanwhile', async () => {
      const releaseId = newReleaseId();
      await bus.publish([rolledBack(releaseId, ['too-late']), requested(releaseId, 'too-late')]);
      expect(await enabled('too-late')).toBeUndefined();
    });

    it('turns nothing on when the rollback overtakes the promotion', async () => {
      const releaseId = newReleaseId();
      await bus.publish([rolledBack(releaseId, ['overtaken']), promoted(releaseId, ['overtaken'])]);
      expect(await enabled('overtaken')).toBeUndefined();
    });
  });

  function environment() {
    return {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      OPERATOR_TOKEN: OPERATOR,
      SERVICE_TOKEN: 'service-token-of-the-test',
      FLAGS_CLIENT_TOKEN: CLIENT_TOKEN,
    };
  }

  function put(name: string, on: boolean): request.Test {
    return asOperator(request(running.url).put(`/v1/flags/${encodeURIComponent(name)}`)).send({
      enabled: on,
      reason: 'for the test',
    });
  }

  async function enabled(name: string): Promise<boolean | undefined> {
    const { body } = await asOperator(request(running.url).get('/v1/flags')).expect(200);
    const items = body.items as { name: string; enabled: boolean }[];
    return items.find((flag) => flag.name === name)?.enabled;
  }

  async function changesOf(flag: string, count: number): Promise<FlagChanged[]> {
    const told = () => changes.filter((change) => change.flag === flag);
    await eventually(() => told().length >= count);
    return told();
  }
});

function asOperator(call: request.Test): request.Test {
  return call.set('authorization', `Bearer ${OPERATOR}`);
}

function newReleaseId(): ReleaseId {
  return randomUUID() as ReleaseId;
}

function requested(releaseId: ReleaseId, flag: string): CloudEvent {
  const release = { releaseId, provider: 'acme', game: 'slots', version: '1.1.0' };
  return newEvent('flag.requested', { ...release, flag, enabled: true }, { source: 'test' });
}

function promoted(releaseId: ReleaseId, flags: string[]): CloudEvent {
  const release = { releaseId, provider: 'acme', game: 'slots', version: '1.1.0' };
  return newEvent('rollout.promoted', { ...release, previousVersion: '1.0.0', flags }, { source: 'test' });
}

function rolledBack(releaseId: ReleaseId, flags: string[]): CloudEvent {
  const release = { releaseId, provider: 'acme', game: 'slots', version: '1.1.0' };
  return newEvent(
    'rollout.rolled_back',
    { ...release, stableVersion: '1.0.0', reason: 'too many errors', evidence: [], flags },
    { source: 'test' },
  );
}
