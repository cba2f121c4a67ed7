import { Pacer } from './pacer';

describe('the pacer', () => {
  it('sends exactly the rate over a while, however uneven the ticks are', () => {
    const pacer = new Pacer(333, 0);
    let sent = 0;
    for (let nowMs = 0, step = 3; nowMs < 10_000; step = (step * 7) % 31) {
      nowMs = Math.min(10_000, nowMs + step);
      sent += pacer.due(nowMs).send;
    }
    expect(sent).toBeGreaterThanOrEqual(3_329);
    expect(sent).toBeLessThanOrEqual(3_330);
  });

  it('catches up after a short stall', () => {
    expect(new Pacer(1_000, 0).due(200)).toEqual({ send: 200, givenUp: 0 });
  });

  it('gives up, and counts, what a long stall would send in one burst', () => {
    expect(new Pacer(1_000, 0).due(5_000)).toEqual({ send: 250, givenUp: 4_750 });
  });
});
