import fc from 'fast-check';
import { Pacer } from './pacer';

describe('a pacer', () => {
  it('lets a burst go, and then as many as are refilled', () => {
    const pacer = new Pacer(10, 5, () => 0);
    expect(Array.from({ length: 7 }, () => pacer.reserve(1))).toEqual([0, 0, 0, 0, 0, 100, 200]);
  });

  it('never lets more go than the burst and what is refilled', () => {
    const calls = fc.array(fc.record({ afterMs: fc.nat(500), count: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(calls, (made) => {
        let nowMs = 0;
        const pacer = new Pacer(10, 5, () => nowMs);
        const gone = made.map(({ afterMs, count }) => {
          nowMs += afterMs;
          return { atMs: nowMs + pacer.reserve(count), count };
        });
        const endMs = Math.max(0, ...gone.map(({ atMs }) => atMs));
        const total = gone.reduce((sum, { count }) => sum + count, 0);
        expect(total).toBeLessThanOrEqual(5 + (endMs / 1000) * 10 + 1e-6);
      }),
    );
  });
});
