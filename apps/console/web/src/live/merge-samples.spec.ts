import { mergeSamples } from './merge-samples';

const NONE = { requests: 0, errors: 0, slow: 0 };
const sample = (second: number, requests: number) => ({
  at: new Date(second * 1000).toISOString(),
  canary: { ...NONE, requests },
  stable: NONE,
});

describe('the samples of a chart', () => {
  it('are replaced by newer ones of the same moment, and stay in order', () => {
    const merged = mergeSamples([sample(1, 5), sample(3, 1)], [sample(2, 4), sample(1, 9)]);
    expect(merged.map(({ canary }) => canary.requests)).toEqual([9, 4, 1]);
  });
});
