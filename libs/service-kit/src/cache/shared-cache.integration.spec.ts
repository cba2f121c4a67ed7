import { freshNamespace, redis } from '@croupier/testing';
import { InProcessCache } from './in-process-cache';
import { RedisCache } from './redis-cache';
import type { SharedCache } from './shared-cache';

const makers: [string, () => Promise<SharedCache>][] = [
  ['in-process', async () => new InProcessCache()],
  ['redis', async () => new RedisCache((await redis()).url, freshNamespace())],
];

describe.each(makers)('the %s cache', (_kind, make) => {
  let cache: SharedCache;
  beforeAll(async () => void (cache = await make()));
  afterAll(async () => {
    await cache.deleteByPrefix('');
    await cache.close();
  });

  it('answers what was set', async () => {
    await cache.set('game:acme/slots:1.0.0:manifest', '{}', 60);
    expect(await cache.get('game:acme/slots:1.0.0:manifest')).toBe('{}');
    expect(await cache.get('game:acme/slots:2.0.0:manifest')).toBeNull();
  });

  it('removes a prefix, taken to the letter, and nothing else', async () => {
    for (const key of ['a*b:1', 'a*b:2', 'axb:1', 'a[1]:1']) await cache.set(key, 'x', 60);
    expect(await cache.deleteByPrefix('a*b:')).toBe(2);
    expect(await cache.get('axb:1')).toBe('x');
    expect(await cache.deleteByPrefix('a[1]:')).toBe(1);
  });

  it('removes thousands of keys', async () => {
    for (let from = 0; from < 3_000; from += 300)
      await Promise.all(
        Array.from({ length: 300 }, (_, index) => cache.set(`many:${from + index}`, 'x', 60)),
      );
    expect(await cache.deleteByPrefix('many:')).toBe(3_000);
  });
});
