import { samplesOf } from './samples-of';

const COMPARISON = { provider: 'acme', game: 'gold', canary: '1.1.0', stable: '1.0.0' };

function count(at: number, version: string, requests: number, game = 'gold') {
  return { at, provider: 'acme', game, version, requests, errors: 1, slow: 2 };
}

describe('the samples of a rollout', () => {
  it('set the canary beside stable, by time, and leave out what is neither', () => {
    const counts = [
      count(2_000, '1.1.0', 5),
      count(1_000, '1.0.0', 90),
      count(1_000, '1.1.0', 4),
      count(1_000, '0.9.0', 7),
      count(1_000, '1.1.0', 70, 'other'),
    ];
    expect(samplesOf(COMPARISON, counts)).toEqual([
      {
        at: '1970-01-01T00:00:01.000Z',
        canary: { requests: 4, errors: 1, slow: 2 },
        stable: { requests: 90, errors: 1, slow: 2 },
      },
      {
        at: '1970-01-01T00:00:02.000Z',
        canary: { requests: 5, errors: 1, slow: 2 },
        stable: { requests: 0, errors: 0, slow: 0 },
      },
    ]);
  });
});
