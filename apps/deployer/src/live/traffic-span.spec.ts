import { trafficSpan } from './traffic-span';

const at = (ms: number) => new Date(ms);
const MINUTE = 60_000;

describe('the time whose traffic is shown', () => {
  it('is all of a short release, by the second, without the second that is not over', () => {
    expect(
      trafficSpan({ status: 'progressing', createdAt: at(1_200), updatedAt: at(5_000) }, at(61_700)),
    ).toEqual({ from: at(1_000), until: at(61_000), bucketMs: 1_000 });
  });

  it('ends shortly after the release', () => {
    const { until } = trafficSpan({ status: 'promoted', createdAt: at(0), updatedAt: at(5_000) }, at(MINUTE));
    expect(until).toEqual(at(20_000));
  });

  it('is the last hour of a long one, in buckets of some seconds', () => {
    const { from, until, bucketMs } = trafficSpan(
      { status: 'progressing', createdAt: at(0), updatedAt: at(0) },
      at(600 * MINUTE),
    );
    expect(until.getTime() - from.getTime()).toBe(60 * MINUTE);
    expect(bucketMs).toBe(4_000);
  });
});
