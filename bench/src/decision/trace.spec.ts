import { incident } from './scenarios';
import { Trace } from './trace';
import { traffic, WINDOWS_PER_MINUTE } from './traffic';

const BUSY = traffic({
  fromSecond: 0,
  canaryPerSecond: 20,
  weight: 0.05,
  canary: { errors: 0.1, slow: 0.2 },
  stable: { errors: 0, slow: 0.01 },
});

describe('Trace', () => {
  it('is the same for everybody, in whatever order they look', () => {
    const [one, other] = [new Trace(BUSY, 1), new Trace(BUSY, 1)];
    const late = other.canary(0, 500);
    expect(one.canary(0, 100)).toEqual(other.canary(0, 100));
    one.baselineMinute(3);
    expect(one.canary(0, 500)).toEqual(late);
    expect(one.baselineMinute(0)).toEqual(other.baselineMinute(0));
  });

  it('deals traffic and failures by the given shares', () => {
    const trace = new Trace(BUSY, 2);
    const windows = 100 * WINDOWS_PER_MINUTE;
    const [canary, stable] = [trace.canary(0, windows), trace.stable(0, windows)];
    expect(canary.requests / 6000).toBeCloseTo(20, 0);
    expect(stable.requests / 6000).toBeCloseTo(380, -1);
    expect(canary.errors / canary.requests).toBeCloseTo(0.1, 2);
    expect(canary.slow / canary.requests).toBeCloseTo(0.2, 2);
    expect(stable.errors).toBe(0);
  });

  it('changes with its phases', () => {
    const trace = new Trace(incident(20, 0.05), 3);
    const minutes = [0, 1, 2]
      .map((minute) => trace.canaryMinute(minute))
      .map(({ errors, requests }) => errors / requests);
    expect(minutes[0]).toBeLessThan(0.02);
    expect(minutes[1]).toBeGreaterThan(0.2);
    expect(minutes[2]).toBeLessThan(0.02);
  });
});
