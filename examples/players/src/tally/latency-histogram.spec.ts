import { LatencyHistogram } from './latency-histogram';

describe('the latency histogram', () => {
  it('has no quantile before anything was recorded', () => {
    expect(new LatencyHistogram().quantileMs(0.95)).toBeNull();
  });

  it('finds a quantile within the width of its bucket', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 1_000; ms++) histogram.record(ms);
    expect(histogram.quantileMs(0.5)).toBeCloseTo(500, 0);
    expect(histogram.quantileMs(0.95)).toBeGreaterThan(900);
    expect(histogram.quantileMs(0.95)).toBeLessThanOrEqual(1_000);
  });

  it('answers the greatest bound for what lies beyond', () => {
    const histogram = new LatencyHistogram();
    histogram.record(60_000);
    expect(histogram.quantileMs(0.5)).toBe(10_000);
  });
});
