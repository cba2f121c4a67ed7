import { BoundedLimiter } from './bounded-limiter';

describe('a limit by key', () => {
  it('lets through as many as it says, and tells how long to wait for more', async () => {
    const limiter = new BoundedLimiter({ perMinute: 2, mostKeys: 10 });
    expect([await limiter.count('a'), await limiter.count('a')]).toEqual([0, 0]);
    expect(await limiter.count('a')).toBeGreaterThan(0);
    expect(await limiter.count('b')).toBe(0);
  });

  it('forgets whom it has not seen for longest, when they become too many', async () => {
    const limiter = new BoundedLimiter({ perMinute: 1, mostKeys: 2 });
    await limiter.count('a');
    await limiter.count('b');
    expect(await limiter.count('a')).toBeGreaterThan(0);
    await limiter.count('c');
    expect(await limiter.count('b')).toBe(0);
  });
});
