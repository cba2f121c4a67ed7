import { randomUUID } from 'node:crypto';
import {
  eventually,
  freshNamespace,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  type OwnRedis,
} from '@croupier/testing';
import { CacheClient, KeyNames, openRedis, RedisPurger, type KeySelector, type RedisConnection } from '.';

const SUBJECT = 'acme/slots';
const ttl = { ttlMs: 60_000 };

const WAYS: [string, () => Promise<OwnRedis>][] = [
  ['one Redis', () => startRedis()],
  ['a Redis behind a sentinel', startRedisSentinel],
  ['a Redis cluster', startRedisCluster],
];

describe.each(WAYS)('the cache in %s', (_way, start) => {
  let server: OwnRedis;
  let redis: RedisConnection;
  let namespace: string;
  let purger: RedisPurger;
  const clients: CacheClient[] = [];

  beforeAll(async () => {
    server = await start();
    redis = openRedis(server.url);
  });
  beforeEach(() => {
    namespace = freshNamespace();
    purger = new RedisPurger(redis, namespace);
  });
  afterEach(() => {
    for (const each of clients.splice(0)) each.close();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  function client(near?: { maxEntries: number; ttlMs: number }): CacheClient {
    const made = new CacheClient({ url: server.url, namespace, ...(near ? { near } : {}) });
    clients.push(made);
    return made;
  }

  const run = () => ({ id: randomUUID(), signal: new AbortController().signal });
  const purge = (selector: KeySelector) => purger.purge(selector, run());
  const count = (selector: KeySelector) => purger.count(selector, run().signal);

  async function fill(...keys: string[]): Promise<void> {
    const names = new KeyNames(namespace);
    await Promise.all(keys.map((key) => redis.set(names.entry(key), 'x', 'EX', 60)));
  }

  /** Counted at once: a scan may meet a key twice while Redis resizes its table of keys. */
  async function left(): Promise<number> {
    const nodes = 'nodes' in redis ? redis.nodes('master') : [redis];
    const keys = await Promise.all(nodes.map((node) => node.keys(`${namespace}:*`)));
    return keys.flat().length;
  }

  it('counts what a prefix would remove, removes it, and nothing else', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `game:acme/slots:1.0.0:${index}`);
    await fill(...many, 'game:acme/slots-deluxe:1.0.0:1', 'game:acme/wheel:1.0.0:1');

    expect(await count({ kind: 'prefix', prefix: 'game:acme/slots:' })).toBeGreaterThanOrEqual(3_000);
    expect(await left()).toBe(3_002);
    expect(await purge({ kind: 'prefix', prefix: 'game:acme/slots:' })).toBe(3_000);
    expect(await left()).toBe(2);
  });

  it('removes by pattern, in which only * and ? mean something', async () => {
    await fill('a:1:x', 'a:2:x', 'a:[1]:x', 'a:12:x', 'b:1:x');
    expect(await purge({ kind: 'pattern', pattern: 'a:?:x' })).toBe(2);
    expect(await purge({ kind: 'pattern', pattern: 'a:[1]:*' })).toBe(1);
    expect(await left()).toBe(2);
  });

  it('removes keys', async () => {
    await fill('a', 'b', 'c');
    expect(await count({ kind: 'keys', keys: ['a', 'b', 'nowhere'] })).toBe(2);
    expect(await purge({ kind: 'keys', keys: ['a', 'b', 'nowhere'] })).toBe(2);
    expect(await left()).toBe(1);
  });

  it('removes by tag what carries it', async () => {
    const space = client().version(SUBJECT, '1.0.0');
    for (let index = 0; index < 250; index += 1)
      await space.get(`odd-or-even:${index}`, {
        ...ttl,
        tags: ['all', index % 2 ? 'odd' : 'even'],
        load: async () => index,
      });

    expect(await count({ kind: 'tags', tags: ['odd', 'all'] })).toBe(250);
    expect(await purge({ kind: 'tags', tags: ['odd'] })).toBe(125);
    expect(await left()).toBe(125);
    expect(await purge({ kind: 'tags', tags: ['odd'] })).toBe(0);
  });

  it('forgets a version at once, without touching its entries', async () => {
    const [old, other] = ['1.0.0', '2.0.0'].map((version) => client().version(SUBJECT, version));
    await old!.get('paytable', { ...ttl, load: async () => 'old' });
    await other!.get('paytable', { ...ttl, load: async () => 'other' });

    expect(await purge({ kind: 'generation', space: old!.name })).toBe(0);

    expect(await old!.get('paytable', { ...ttl, load: async () => 'new' })).toBe('new');
    expect(await other!.get('paytable', { ...ttl, load: async () => 'wrong' })).toBe('other');
  });

  it.each<[string, (name: string) => KeySelector]>([
    ['by its key', (name) => ({ kind: 'keys', keys: [`${name}paytable`] })],
    ['by a tag', () => ({ kind: 'tags', tags: ['tables'] })],
    ['by its version', (name) => ({ kind: 'generation', space: name })],
  ])('does not keep what was read before an invalidation %s and came after it', async (_, selectorOf) => {
    const space = client().version(SUBJECT, '1.0.0');
    let answer: (value: string) => void = () => undefined;
    const asked = new Promise<void>((askedNow) => {
      void space.get('paytable', {
        ...ttl,
        tags: ['tables'],
        load: () => {
          askedNow();
          return new Promise<string>((resolve) => (answer = resolve));
        },
      });
    });
    await asked;

    await purge(selectorOf(space.name));
    answer('stale');

    const later = client().version(SUBJECT, '1.0.0');
    expect(await later.get('paytable', { ...ttl, load: async () => 'fresh' })).toBe('fresh');
  });

  it('asks the origin once a key when 1,000 clients come after an invalidation', async () => {
    const keys = Array.from({ length: 10 }, (_, index) => `table:${index}`);
    const asked = new Map<string, number>();
    const spaces = Array.from({ length: 10 }, () => client().version(SUBJECT, '1.0.0'));
    const load = (key: string) => async (): Promise<string> => {
      asked.set(key, (asked.get(key) ?? 0) + 1);
      await new Promise((done) => setTimeout(done, 20));
      return key;
    };
    for (const key of keys) await spaces[0]!.get(key, { ...ttl, load: load(key) });
    asked.clear();
    await purge({ kind: 'generation', space: spaces[0]!.name });

    // 10 processes' worth of clients, 10 callers each, every one of them for all of the keys.
    const answers = await Promise.all(
      spaces.flatMap((space) =>
        Array.from({ length: 10 }, () =>
          keys.map((key) => space.get(key, { ...ttl, load: load(key) })),
        ).flat(),
      ),
    );

    expect(answers).toHaveLength(1_000);
    expect([...asked.values()]).toEqual(keys.map(() => 1));
  });

  it('serves what is stale while one caller fetches the next', async () => {
    const space = client().version(SUBJECT, '1.0.0');
    let loads = 0;
    const options = { ttlMs: 1, staleMs: 60_000, load: async () => (loads += 1) };
    expect(await space.get('jackpot', options)).toBe(1);
    expect(await space.get('jackpot', options)).toBe(1);
    await eventually(async () => (await space.get('jackpot', options)) > 1);
  });

  it('lets the next caller try when the origin fails', async () => {
    const space = client().version(SUBJECT, '1.0.0');
    const failing = space.get('paytable', { ...ttl, load: () => Promise.reject(new Error('no origin')) });
    await expect(failing).rejects.toThrow('no origin');
    expect(await space.get('paytable', { ...ttl, load: async () => 'there' })).toBe('there');
  });

  it('tells caches in processes what went', async () => {
    const near = { maxEntries: 100, ttlMs: 60_000 };
    const space = client(near).version(SUBJECT, '1.0.0');
    let value = 'old';
    const look = () => space.get('paytable', { ...ttl, tags: ['tables'], load: async () => value });
    expect(await look()).toBe('old');
    value = 'new';

    await eventually(async () => {
      await purge({ kind: 'tags', tags: ['tables'] });
      return (await look()) === 'new';
    });
  });

  it('gives up when it is told to', async () => {
    await fill('a');
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(purger.purge({ kind: 'everything' }, { id: 'x', signal })).rejects.toThrow('stopped');
    expect(await left()).toBe(1);
  });
});

describe('a Redis that changes hands', () => {
  it('is found again, and purged', async () => {
    const server = await startRedisSentinel();
    const redis = openRedis(server.url);
    try {
      const names = new KeyNames('moved');
      await redis.set(names.entry('a'), 'x');
      await server.failOver();
      const purger = new RedisPurger(redis, 'moved');
      const signal = new AbortController().signal;
      await eventually(() => redis.set(names.entry('b'), 'x'), { timeoutMs: 20_000 });
      await eventually(() => purger.purge({ kind: 'everything' }, { id: 'x', signal }), {
        timeoutMs: 20_000,
      });
      expect(await purger.count({ kind: 'everything' }, signal)).toBe(0);
    } finally {
      redis.disconnect();
      await server.stop();
    }
  });
});

describe('a Redis that is away', () => {
  it('costs time and no answer', async () => {
    const away = new CacheClient({ url: 'redis://127.0.0.1:1', namespace: 'away' });
    expect(await away.version(SUBJECT, '1.0.0').get('a', { ...ttl, load: async () => 'origin' })).toBe(
      'origin',
    );
    away.close();
  });
});

describe('a cache in a process that hears of keyspace events', () => {
  it('drops what another client removed without a notice', async () => {
    const server = await startRedis(['--notify-keyspace-events', 'Egxe']);
    const near = { maxEntries: 10, ttlMs: 60_000, keyspace: true };
    const cache = new CacheClient({ url: server.url, namespace: 'events', near });
    const other = openRedis(server.url);
    try {
      const space = cache.version(SUBJECT, '1.0.0');
      let value = 'old';
      const look = () => space.get('a', { ...ttl, load: async () => value });
      expect(await look()).toBe('old');
      value = 'new';
      await eventually(async () => {
        await other.del(new KeyNames('events').entry(`${space.name}a`));
        return (await look()) === 'new';
      });
    } finally {
      cache.close();
      other.disconnect();
      await server.stop();
    }
  });
});
