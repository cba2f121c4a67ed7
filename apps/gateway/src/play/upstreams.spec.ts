import type { RoutedVersion } from '@croupier/contracts';
import { Upstreams } from './upstreams';

const A = 'http://a.test';
const B = 'http://b.test';
const VERSION: RoutedVersion = {
  version: '1.0.0',
  digest: 'a'.repeat(64),
  manifestUrl: 'http://provider.test/manifest.json',
  endpoint: A,
  replicas: [B],
  markets: ['MT'],
};

describe('the game servers of a version', () => {
  let nowMs: number;
  let upstreams: Upstreams;

  const chosen = (): string[] =>
    [...new Set(Array.from({ length: 200 }, () => upstreams.choose(VERSION)))].sort();
  const fail = (endpoint: string, times: number): void => {
    for (let time = 0; time < times; time += 1) upstreams.failed(endpoint);
  };

  beforeEach(() => {
    nowMs = 0;
    upstreams = new Upstreams({ failures: 3, firstMs: 1_000, longestMs: 3_000 }, () => nowMs);
  });

  it('share the requests', () => {
    expect(chosen()).toEqual([A, B]);
  });

  it('are left out after failures in a row, and not after failures between successes', () => {
    fail(A, 2);
    upstreams.succeeded(A);
    fail(A, 2);
    expect(chosen()).toEqual([A, B]);
    fail(A, 1);
    expect(chosen()).toEqual([B]);
    expect(upstreams.ejected).toBe(1);
  });

  it('come back after a while, and are left out for longer when the next request fails, up to a limit', () => {
    fail(A, 3);
    for (const longMs of [1_000, 2_000, 3_000, 3_000]) {
      nowMs += longMs / 2 - 1;
      expect(chosen()).toEqual([B]);
      nowMs += longMs / 2 + 1;
      expect(chosen()).toEqual([A, B]);
      fail(A, 1);
    }
  });

  it('are trusted as before once a request succeeds', () => {
    fail(A, 3);
    nowMs += 1_000;
    upstreams.succeeded(A);
    fail(A, 2);
    expect(chosen()).toEqual([A, B]);
  });

  it('are not all left out', () => {
    fail(A, 3);
    fail(B, 3);
    expect(chosen()).toEqual([A, B]);
    const { replicas: _, ...alone } = VERSION;
    expect(upstreams.choose(alone)).toBe(A);
  });

  it('get no second try of a request where it has failed, unless there is no other', () => {
    expect(upstreams.choose(VERSION, A)).toBe(B);
    const { replicas: _, ...alone } = VERSION;
    expect(upstreams.choose(alone, A)).toBe(A);
  });
});
