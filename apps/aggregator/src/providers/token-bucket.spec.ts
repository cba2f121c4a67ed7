import fc from 'fast-check';
import { TokenBucket } from './token-bucket';

describe('TokenBucket', () => {
  it('gives a burst, then one at a time, and says how long to wait', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 });
    expect([0, 0, 0, 0].map((nowMs) => bucket.take(nowMs))).toEqual([0, 0, 0, 500]);
    expect(bucket.take(500)).toBe(0);
    expect(bucket.take(600)).toBe(400);
  });

  it('is full again after a pause, and no fuller', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 });
    const at = (nowMs: number): boolean => bucket.take(nowMs) === 0;
    expect([at(0), at(0), at(0)]).toEqual([true, true, false]);
    expect([at(60_000), at(60_000), at(60_000)]).toEqual([true, true, false]);
  });

  it('never gives more than the burst and the rate over any time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
        (perSecond, burst, pausesMs) => {
          const bucket = new TokenBucket({ perSecond, burst });
          let nowMs = 0;
          const takenAt: number[] = [];
          for (const pauseMs of pausesMs) {
            nowMs += pauseMs;
            if (bucket.take(nowMs) === 0) takenAt.push(nowMs);
          }
          for (const [first, from] of takenAt.entries())
            for (const [last, to] of takenAt.entries())
              if (last >= first)
                expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1000 + 1e-6);
        },
      ),
    );
  });

  it('gives the next one exactly when it said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 5 }), (perSecond, burst) => {
        const bucket = new TokenBucket({ perSecond, burst });
        for (let taken = 0; taken < burst; taken++) bucket.take(0);
        const waitMs = bucket.take(0);
        expect(bucket.take(waitMs * 0.99)).toBeGreaterThan(0);
        expect(bucket.take(waitMs)).toBe(0);
      }),
    );
  });
});
