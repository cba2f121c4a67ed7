import fc from 'fast-check';
import { poolStays, type PoolFact, type PoolFactKind, type PoolStay } from './pool-stays';

const at = (second: number): Date => new Date(Date.UTC(2025, 0, 1, 0, 0, second));

function fact(kind: PoolFactKind, version: string, second: number): PoolFact {
  return { version, kind, at: at(second), reason: kind, eventId: `${kind} ${version} ${second}` };
}

function placesOf(version: string, stays: readonly PoolStay[]): unknown[] {
  return stays
    .filter((stay) => stay.version === version)
    .sort((a, b) => a.from.getTime() - b.from.getTime())
    .map(({ pool, from, to, reason }) => [pool, from.getUTCSeconds(), to?.getUTCSeconds() ?? null, reason]);
}

const facts = fc.uniqueArray(
  fc.record({
    version: fc.constantFrom('1.0.0', '1.1.0', '1.2.0'),
    kind: fc.constantFrom<PoolFactKind>(
      'registered',
      'staged',
      'promoted',
      'rolled-back',
      'failed',
      'revoked',
    ),
    second: fc.nat(12),
  }),
  { maxLength: 14, selector: ({ version, kind, second }) => `${version} ${kind} ${second}` },
);
const told = facts.map((all) => all.map(({ kind, version, second }) => fact(kind, version, second)));

describe('poolStays', () => {
  it('leads a version from candidate through staging to production, and retires the one before', () => {
    const stays = poolStays([
      fact('registered', '1.0.0', 0),
      fact('promoted', '1.0.0', 1),
      fact('registered', '1.1.0', 2),
      fact('staged', '1.1.0', 3),
      fact('promoted', '1.1.0', 4),
    ]);
    expect(placesOf('1.0.0', stays)).toEqual([
      ['candidate', 0, 1, 'registered'],
      ['production', 1, 4, 'promoted'],
      ['retired', 4, null, '1.1.0 was promoted'],
    ]);
    expect(placesOf('1.1.0', stays)).toEqual([
      ['candidate', 2, 3, 'registered'],
      ['staging', 3, 4, 'staged'],
      ['production', 4, null, 'promoted'],
    ]);
  });

  it('retires a version that was rolled back, and leaves production alone', () => {
    const stays = poolStays([
      fact('promoted', '1.0.0', 1),
      fact('staged', '1.1.0', 2),
      fact('rolled-back', '1.1.0', 3),
    ]);
    expect(placesOf('1.1.0', stays).at(-1)).toEqual(['retired', 3, null, 'rolled-back']);
    expect(placesOf('1.0.0', stays).at(-1)).toEqual(['production', 1, null, 'promoted']);
  });

  it('puts an earlier version back by its promotion', () => {
    const stays = poolStays([
      fact('promoted', '1.0.0', 1),
      fact('promoted', '1.1.0', 2),
      fact('promoted', '1.0.0', 3),
    ]);
    expect(placesOf('1.0.0', stays)).toEqual([
      ['production', 1, 2, 'promoted'],
      ['retired', 2, 3, '1.1.0 was promoted'],
      ['production', 3, null, 'promoted'],
    ]);
  });

  it('leaves a version in production that is staged once more, and one that was revoked for good', () => {
    const stays = poolStays([
      fact('promoted', '1.0.0', 1),
      fact('staged', '1.0.0', 2),
      fact('revoked', '1.0.0', 3),
      fact('promoted', '1.0.0', 4),
    ]);
    expect(placesOf('1.0.0', stays)).toEqual([
      ['production', 1, 3, 'promoted'],
      ['revoked', 3, null, 'revoked'],
    ]);
  });

  it('does not depend on the order in which it was told', () => {
    fc.assert(
      fc.property(told, fc.infiniteStream(fc.nat()), (all, draws) => {
        const shuffled = all
          .map((one) => ({ one, place: draws.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        expect(new Set(poolStays(shuffled).map((stay) => JSON.stringify(stay)))).toEqual(
          new Set(poolStays(all).map((stay) => JSON.stringify(stay))),
        );
      }),
    );
  });

  it('has each version in one pool at a time without a gap, and one version in production', () => {
    fc.assert(
      fc.property(told, (all) => {
        const stays = poolStays(all);
        for (const version of new Set(stays.map((stay) => stay.version))) {
          const its = stays
            .filter((stay) => stay.version === version)
            .sort((a, b) => a.from.getTime() - b.from.getTime());
          expect(its.at(-1)?.to).toBeNull();
          expect(its.slice(0, -1).map(({ to }) => to)).toEqual(its.slice(1).map(({ from }) => from));
          expect(its.every(({ from, to }) => to === null || from < to)).toBe(true);
        }
        for (let second = 0; second <= 12; second += 1) {
          const moment = at(second);
          const dealt = stays.filter(
            ({ pool, from, to }) => pool === 'production' && from <= moment && (to === null || to > moment),
          );
          expect(dealt.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
