import fc from 'fast-check';
import { growingDelayMs } from './growing-delay';

describe('the delay before the next attempt', () => {
  it('grows with every attempt, whatever chance says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (attempt, chance) => {
          const delay = (number: number, luck: number) =>
            growingDelayMs(number, 500, null, { random: () => luck });
          expect(delay(attempt + 1, chance)).toBeGreaterThan(delay(attempt, chance));
          expect(delay(attempt + 1, 0)).toBeGreaterThanOrEqual(delay(attempt, 0.999));
        },
      ),
    );
  });

  it('is never less than what the target asks for', () => {
    expect(growingDelayMs(1, 500, 7_000)).toBe(7_000);
    expect(growingDelayMs(20, 500, 1, { random: () => 0 })).toBe(30_000);
  });
});
