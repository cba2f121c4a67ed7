import { randomUUID } from 'node:crypto';
import type { CacheInvalidated, CloudEvent, ReleaseId } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { RedisCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, freshNamespace, redis, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { service } from '../service';

const OPERATOR = 'operator-token-of-the-test';

describe('the cache service', () => {
  let database: FreshDatabase;
  let cache: RedisCache;
  let bus: EmbeddedBus;
  let running: RunningService;
  const told: CloudEvent[] = [];

  beforeAll(async () => {
    database = await freshDatabase();
    cache = new RedisCache((await redis()).url, freshNamespace());
    bus = new EmbeddedBus();
    await bus.subscribe('observer', ['cache.invalidated'], async (event) => void told.push(event));
    running = await startService(service, {
      bus,
      cache,
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: 'service-token-of-the-test',
      },
    });
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await cache.deleteByPrefix('');
    await cache.close();
    await database.drop();
  });

  it('purges what was cached of a promoted game, and of no other', async () => {
    await fill('game:acme/slots:launch', 'game:acme/slots:paytable', 'game:acme/slots-deluxe:launch');
    const event = promoted('slots');

    await bus.publish([event]);

    expect(await cache.get('game:acme/slots:launch')).toBeNull();
    expect(await cache.get('game:acme/slots:paytable')).toBeNull();
    expect(await cache.get('game:acme/slots-deluxe:launch')).toBe('cached');
    const { releaseId } = event.data;
    expect(await itemsOf(releaseId)).toMatchObject([
      { cause: 'rollout.promoted', target: 'redis', prefix: 'game:acme/slots:', keysRemoved: 2 },
    ]);
    const message = await eventually(() => told.find(({ data }) => releaseOf(data) === releaseId));
    expect(message).toMatchObject({
      subject: 'acme/slots',
      data: { version: '1.1.0', target: 'redis', prefix: 'game:acme/slots:', keysRemoved: 2 },
    });
  });

  it('purges on a rollback, too, and keeps its reason', async () => {
    await fill('game:acme/wheel:launch');
    const release = { releaseId: newReleaseId(), provider: 'acme', game: 'wheel', version: '1.2.0' };

    await bus.publish([
      newEvent(
        'rollout.rolled_back',
        { ...release, stableVersion: '1.1.0', reason: 'too many errors', evidence: [], flags: [] },
        { source: 'test' },
      ),
    ]);

    expect(await cache.get('game:acme/wheel:launch')).toBeNull();
    expect(await itemsOf(release.releaseId)).toMatchObject([
      { cause: 'rollout.rolled_back', reason: expect.stringContaining('too many errors'), keysRemoved: 1 },
    ]);
  });

  it('records and tells a promotion once that is delivered twice', async () => {
    const event = promoted('dice');

    await bus.publish([event]);
    await bus.publish([event]);
    // What is published last is told last.
    const last = promoted('cards');
    await bus.publish([last]);
    await eventually(() => told.some(({ data }) => releaseOf(data) === last.data.releaseId));

    expect(await itemsOf(event.data.releaseId)).toHaveLength(1);
    expect(told.filter(({ data }) => releaseOf(data) === event.data.releaseId)).toHaveLength(1);
  });

  it('purges on demand and lists the newest first', async () => {
    await fill('game:acme/keno:launch');
    const body = { prefix: 'game:acme/keno:', reason: 'the provider asked' };

    const created = await asOperator(request(running.url).post('/v1/invalidations')).send(body).expect(201);

    expect(created.body.items).toMatchObject([{ ...body, cause: 'operator', keysRemoved: 1 }]);
    const listed = await asOperator(request(running.url).get('/v1/invalidations?limit=1')).expect(200);
    expect(listed.body).toEqual(created.body);
    const metrics = await request(running.url).get('/metrics').expect(200);
    expect(metrics.text).toMatch(/cache_invalidations_total\{cause="operator",service="cache"\} 1/);
  });

  it.each([
    ['an empty prefix, which is everything', { prefix: '', reason: 'the provider asked' }],
    ['no reason', { prefix: 'game:' }],
    ['a prefix without end', { prefix: 'x'.repeat(201), reason: 'the provider asked' }],
  ])('refuses %s', async (_, body) => {
    const answer = await asOperator(request(running.url).post('/v1/invalidations')).send(body).expect(422);
    expect(answer.body.type).toBe('https://croupier.dev/problems/invalid-request');
  });

  it('serves operators only', async () => {
    await request(running.url).get('/v1/invalidations').expect(401);
    await request(running.url).post('/v1/invalidations').send({ prefix: 'a', reason: 'a guess' }).expect(401);
  });

  async function fill(...keys: string[]): Promise<void> {
    for (const key of keys) await cache.set(key, 'cached', 60);
  }

  async function itemsOf(releaseId: ReleaseId): Promise<object[]> {
    const { body } = await asOperator(request(running.url).get('/v1/invalidations')).expect(200);
    return (body.items as { releaseId: string }[]).filter((item) => item.releaseId === releaseId);
  }
});

function asOperator(call: request.Test): request.Test {
  return call.set('authorization', `Bearer ${OPERATOR}`);
}

function newReleaseId(): ReleaseId {
  return randomUUID() as ReleaseId;
}

function promoted(game: string) {
  const release = { releaseId: newReleaseId(), provider: 'acme', game, version: '1.1.0' };
  return newEvent(
    'rollout.promoted',
    { ...release, previousVersion: '1.0.0', flags: [] },
    { source: 'test' },
  );
}

function releaseOf(data: unknown): string {
  return (data as CacheInvalidated).releaseId;
}
