import { poolMoves, type PooledVersion, type ReleaseNews } from './pool-moves';
import type { Pool } from './pool';

const at = (second: number): Date => new Date(Date.UTC(2025, 0, 1, 0, 0, second));

function version(name: string, pool: Pool, changedAtSecond: number | null = null): PooledVersion {
  return { version: name, pool, poolChangedAt: changedAtSecond === null ? null : at(changedAtSecond) };
}

function news(kind: ReleaseNews['kind'], name: string, second: number): ReleaseNews {
  return { kind, version: name, at: at(second), reason: kind };
}

describe('poolMoves', () => {
  it('moves a staged candidate to staging', () => {
    expect(poolMoves([version('1.1.0', 'candidate')], news('staged', '1.1.0', 1))).toEqual([
      { version: '1.1.0', from: 'candidate', to: 'staging', reason: 'staged' },
    ]);
  });

  it('retires the version in production before another one takes its place', () => {
    const versions = [version('1.1.0', 'staging', 5), version('1.0.0', 'production', 1)];
    expect(poolMoves(versions, news('promoted', '1.1.0', 9))).toEqual([
      { version: '1.0.0', from: 'production', to: 'retired', reason: '1.1.0 was promoted' },
      { version: '1.1.0', from: 'staging', to: 'production', reason: 'promoted' },
    ]);
  });

  it('retires a version that was rolled back and leaves production alone', () => {
    const versions = [version('1.1.0', 'production', 1), version('1.2.0', 'staging', 5)];
    expect(poolMoves(versions, news('rolled-back', '1.2.0', 9))).toEqual([
      { version: '1.2.0', from: 'staging', to: 'retired', reason: 'rolled-back' },
    ]);
  });

  it.each(['production', 'retired'] as const)('ignores a late staged event of a version in %s', (pool) => {
    expect(poolMoves([version('1.1.0', pool, 5)], news('staged', '1.1.0', 1))).toEqual([]);
  });

  it('retires a version whose promotion comes after that of its successor', () => {
    const versions = [version('1.2.0', 'production', 9), version('1.1.0', 'staging', 1)];
    expect(poolMoves(versions, news('promoted', '1.1.0', 5))).toEqual([
      { version: '1.1.0', from: 'staging', to: 'retired', reason: '1.2.0 was promoted later' },
    ]);
  });

  it('moves nothing when the event repeats what is so already', () => {
    expect(poolMoves([version('1.1.0', 'production', 5)], news('promoted', '1.1.0', 5))).toEqual([]);
  });

  it('moves nothing for a version that is not registered', () => {
    expect(poolMoves([version('1.0.0', 'production', 1)], news('promoted', '9.9.9', 5))).toEqual([]);
  });
});
