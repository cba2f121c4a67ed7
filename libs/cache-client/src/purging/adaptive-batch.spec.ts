import fc from 'fast-check';
import { AdaptiveBatch } from './adaptive-batch';

function settledSize(msOf: (size: number) => number): number {
  const batch = new AdaptiveBatch();
  for (let turn = 0; turn < 2_000; turn += 1) batch.observe(msOf(batch.size));
  return batch.size;
}

describe('an adaptive batch', () => {
  it('grows while calls take no longer for it', () => {
    expect(settledSize(() => 0.1)).toBe(2_000);
  });

  it('settles where a call takes little longer than the fastest one', () => {
    const size = settledSize((keys) => 0.1 + keys / 1_000);
    expect(size).toBeGreaterThan(50);
    expect(size).toBeLessThan(200);
  });

  it('shrinks as soon as the server is slow, and grows again afterwards', () => {
    const batch = new AdaptiveBatch();
    for (let turn = 0; turn < 100; turn += 1) batch.observe(0.1);
    const before = batch.size;
    batch.observe(20);
    expect(batch.size).toBe(Math.round(before / 2));
    batch.observe(0.1);
    expect(batch.size).toBeGreaterThan(before / 2);
  });

  it('stays within its bounds whatever it sees', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { maxLength: 300 }), (calls) => {
        const batch = new AdaptiveBatch();
        for (const ms of calls) batch.observe(ms);
        expect(batch.size).toBeGreaterThanOrEqual(20);
        expect(batch.size).toBeLessThanOrEqual(2_000);
      }),
    );
  });
});
