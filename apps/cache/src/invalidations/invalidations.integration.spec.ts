import { randomUUID } from 'node:crypto';
import type { CacheInvalidated } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { clearanceChanged, promoted, rolledBack, RunningCache } from '../../test/running-cache';

describe('the cache service', () => {
  let running: RunningCache;
  beforeAll(async () => void (running = await RunningCache.start()));
  afterAll(() => running.stop());

  async function fill(...keys: string[]): Promise<void> {
    for (const key of keys) await running.cache.set(key, 'cached', 60);
  }
  const cached = (key: string) => running.cache.get(key);
  const toldOf = (releaseId: string) =>
    running.told.filter(({ data }) => (data as CacheInvalidated).releaseId === releaseId);

  it('purges what was cached of a promoted game, and of no other', async () => {
    await fill('game:acme/slots:launch', 'game:acme/slots:1.0.0:paytable', 'game:acme/slots-deluxe:launch');
    const event = promoted('slots');

    const job = await running.afterEvent(event, 'rollout.promoted');

    expect(job).toMatchObject({ state: 'done', subject: 'acme/slots', version: '1.1.0', entries: 2 });
    expect(await cached('game:acme/slots:launch')).toBeNull();
    expect(await cached('game:acme/slots:1.0.0:paytable')).toBeNull();
    expect(await cached('game:acme/slots-deluxe:launch')).toBe('cached');
    const [message] = await eventually(async () => {
      const told = toldOf(event.data.releaseId);
      return told.length > 0 && told;
    });
    expect(message).toMatchObject({
      subject: 'acme/slots',
      data: { target: 'shared-cache', prefix: expect.stringContaining('game:acme/slots:'), keysRemoved: 2 },
    });
  });

  it('purges on a rollback, too, and keeps its reason', async () => {
    await fill('game:acme/wheel:launch');
    const job = await running.afterEvent(rolledBack('wheel'), 'rollout.rolled_back');
    expect(job).toMatchObject({
      state: 'done',
      entries: 1,
      reason: expect.stringContaining('too many errors'),
    });
    expect(await cached('game:acme/wheel:launch')).toBeNull();
  });

  it('purges when a version is revoked, and not when its markets change', async () => {
    await fill('game:acme/bingo:launch');
    await running.bus.publish([clearanceChanged('bingo', false)]);
    const job = await running.afterEvent(clearanceChanged('bingo', true), 'clearance.changed');
    expect(job).toMatchObject({ state: 'done', entries: 1, actor: 'ann' });
    expect(await running.jobsOf('bingo')).toHaveLength(1);
  });

  it('makes one job of an event that is delivered twice, and tells once', async () => {
    const event = promoted('dice');
    await running.afterEvent(event, 'rollout.promoted');
    await running.bus.publish([event]);
    const last = promoted('cards');
    await running.afterEvent(last, 'rollout.promoted');
    await eventually(() => toldOf(last.data.releaseId).length > 0);

    expect(await running.jobsOf('dice')).toHaveLength(1);
    expect(toldOf(event.data.releaseId)).toHaveLength(1);
  });

  it.each([
    [{ kind: 'keys', keys: ['game:acme/keno:a', 'nowhere'] }, 1],
    [{ kind: 'prefix', prefix: 'game:acme/keno:' }, 2],
    [{ kind: 'pattern', pattern: 'game:*/keno:?' }, 2],
    [{ kind: 'tags', tags: ['nothing-has-it'] }, 0],
    [{ kind: 'version', provider: 'acme', game: 'keno', version: '1.0.0' }, 0],
  ])('purges on demand: %j', async (selector, entries) => {
    await fill('game:acme/keno:a', 'game:acme/keno:b');
    const job = await running.done({ selectors: [selector] });
    expect(job).toMatchObject({ cause: 'operator', state: 'done', entries });
    expect(job.tasks).toMatchObject([{ target: 'shared-cache', state: 'done', attempts: 1, entries }]);
  });

  it('says how much would go, and lets it stay', async () => {
    await fill('game:acme/craps:a', 'game:acme/craps:b');
    const job = await running.done({
      selectors: [{ kind: 'prefix', prefix: 'game:acme/craps:' }],
      dryRun: true,
    });
    expect(job).toMatchObject({ state: 'done', dryRun: true, entries: 2 });
    expect(await cached('game:acme/craps:a')).toBe('cached');
  });

  it('starts one job for one idempotency key', async () => {
    const order = () =>
      running
        .call('post', '/v1/invalidations')
        .set('idempotency-key', key)
        .set('x-croupier-actor', 'ann')
        .send({ selectors: [{ kind: 'keys', keys: ['a'] }], reason: 'clicked twice' })
        .expect(202);
    const key = randomUUID();
    const first = await order();
    const second = await order();
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers['location']).toBe(`/v1/invalidations/${first.body.id}`);
    expect(first.body.actor).toBe('ann');
  });

  it('pages through what was, newest first', async () => {
    for (let index = 0; index < 3; index += 1)
      await running.done({ selectors: [{ kind: 'keys', keys: [`page-${index}`] }] });
    const first = await running.call('get', '/v1/invalidations?limit=2').expect(200);
    const second = await running.call('get', first.body.next).expect(200);
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(first.body.items).toHaveLength(2);
  });

  it('lists its targets', async () => {
    const { body } = await running.call('get', '/v1/targets').expect(200);
    expect(body.targets).toEqual([{ name: 'shared-cache', kind: 'redis', readable: false }]);
  });

  it.each([
    [{ selectors: [] }, 'selectors', 'invalid-request'],
    [{ selectors: [{ kind: 'keys', keys: ['a b'] }] }, 'selectors.0.keys.0', 'invalid-request'],
    [{ selectors: [{ kind: 'tags', tags: ['a,b'] }] }, 'selectors.0.tags.0', 'invalid-request'],
    [{ selectors: [{ kind: 'keys', keys: ['a'] }], targets: ['fastly'] }, 'targets', 'unknown-target'],
    [{ selectors: [{ kind: 'everything' }] }, 'targets', 'invalid-request'],
    [{ selectors: [{ kind: 'prefix', prefix: '/v1/' }] }, 'selectors.0', 'target-cannot'],
    [{ selectors: [{ kind: 'keys', keys: ['a'] }], verify: ['/v1/games'] }, 'verify.0', 'target-cannot'],
  ])('refuses %j and names %s', async (body, field, slug) => {
    const refused = await running
      .call('post', '/v1/invalidations')
      .send({ reason: 'a mistake', ...body })
      .expect(422);
    expect(refused.body.type).toMatch(new RegExp(`${slug}$`));
    expect(refused.body.errors[0].field).toBe(field);
  });

  it('knows no job of another id', async () => {
    await running.call('get', `/v1/invalidations/${randomUUID()}`).expect(404);
  });
});
