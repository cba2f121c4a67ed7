import { retryDelayMs } from './retry-delay';

describe('retryDelayMs', () => {
  it.each([
    [1, 100],
    [2, 400],
    [3, 1600],
    [5, 10_000],
    [2000, 10_000],
  ])('waits at delivery %i between half and all of %i ms', (attempt, ceilingMs) => {
    for (let draw = 0; draw < 100; draw++) {
      const delayMs = retryDelayMs(attempt, { initialMs: 100, factor: 4, maxMs: 10_000 });
      expect(delayMs).toBeGreaterThanOrEqual(ceilingMs / 2);
      expect(delayMs).toBeLessThanOrEqual(ceilingMs);
    }
  });
});
