import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import fc from 'fast-check';
import { BUCKETS, bucketOf } from './bucket';
import { compileRoutes, deal, findVersion, type RoutingTable } from './routing-table';
import { xxh32 } from './xxh32';

const MARKETS = ['MT', 'SE', 'US-NJ', 'DE'] as const;

const anyMarkets = fc.uniqueArray(fc.constantFrom(...MARKETS));
const anySalt = fc.nat({ max: 0xffffffff });
const anyBuckets = fc.integer({ min: 0, max: BUCKETS });
const anyPlayer = fc.string({ minLength: 1, maxLength: 40 });

function version(number: string, markets: readonly string[] = MARKETS): RoutedVersion {
  return {
    version: number,
    digest: 'a'.repeat(64),
    manifestUrl: `http://provider.test/${number}/manifest.json`,
    endpoint: `http://${number.replaceAll('.', '-')}.test`,
    markets: [...markets],
  };
}

function tableOf(route: Partial<SubjectRoute> = {}): RoutingTable {
  const base: SubjectRoute = {
    provider: 'acme',
    game: 'slots',
    salt: 42,
    stable: version('1.0.0'),
    canary: version('1.1.0'),
    canaryBuckets: 500,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
  };
  return compileRoutes({ routingVersion: 7, subjects: [{ ...base, ...route }] });
}

function roleOf(table: RoutingTable, player: string, market = 'MT'): string {
  const dealt = deal(table, 'acme', 'slots', player, market);
  return dealt.kind === 'dealt' ? dealt.role : dealt.kind;
}

describe('a wave', () => {
  it('has its own share in its markets, and the common one elsewhere', () => {
    fc.assert(
      fc.property(anyPlayer, anySalt, anyBuckets, anyBuckets, (player, salt, canaryBuckets, inWave) => {
        const table = tableOf({ salt, canaryBuckets, marketBuckets: { SE: inWave } });
        const bucket = bucketOf(player, salt);
        expect(roleOf(table, player, 'SE')).toBe(bucket < inWave ? 'canary' : 'stable');
        expect(roleOf(table, player, 'MT')).toBe(bucket < canaryBuckets ? 'canary' : 'stable');
      }),
    );
  });
});

describe('dealing', () => {
  it('moves players only from stable to canary as the weight rises', () => {
    fc.assert(
      fc.property(anyPlayer, anySalt, anyBuckets, anyBuckets, (player, salt, one, other) => {
        const lower = roleOf(tableOf({ salt, canaryBuckets: Math.min(one, other) }), player);
        const higher = roleOf(tableOf({ salt, canaryBuckets: Math.max(one, other) }), player);
        expect(lower === 'canary' && higher === 'stable').toBe(false);
      }),
    );
  });

  it('deals a player the same way each time, on any gateway that has the snapshot', () => {
    fc.assert(
      fc.property(anyPlayer, anySalt, anyBuckets, (player, salt, canaryBuckets) => {
        const here = tableOf({ salt, canaryBuckets });
        const there = tableOf({ salt, canaryBuckets });
        expect(deal(there, 'acme', 'slots', player, 'MT')).toEqual(deal(here, 'acme', 'slots', player, 'MT'));
        expect(deal(here, 'acme', 'slots', player, 'MT')).toBe(deal(here, 'acme', 'slots', player, 'MT'));
      }),
    );
  });

  it('gives the canary exactly the buckets below its weight', () => {
    fc.assert(
      fc.property(anyPlayer, anySalt, anyBuckets, (player, salt, canaryBuckets) => {
        const expected = bucketOf(player, salt) < canaryBuckets ? 'canary' : 'stable';
        expect(roleOf(tableOf({ salt, canaryBuckets }), player)).toBe(expected);
      }),
    );
  });

  it('never deals a version in a market where it is not certified', () => {
    fc.assert(
      fc.property(
        anyMarkets,
        anyMarkets,
        anyBuckets,
        anyPlayer,
        fc.constantFrom(...MARKETS, 'FR'),
        (stableMarkets, canaryMarkets, canaryBuckets, player, market) => {
          const table = tableOf({
            stable: version('1.0.0', stableMarkets),
            canary: version('1.1.0', canaryMarkets),
            canaryBuckets,
          });
          const dealt = deal(table, 'acme', 'slots', player, market);
          if (dealt.kind === 'dealt') expect(dealt.version.markets).toContain(market);
          else expect(stableMarkets).not.toContain(market);
        },
      ),
    );
  });

  it('keeps a player of the canary buckets on stable where only stable is certified', () => {
    const table = tableOf({ canary: version('1.1.0', ['SE']), canaryBuckets: BUCKETS });
    expect(roleOf(table, 'anyone', 'MT')).toBe('stable');
    expect(roleOf(table, 'anyone', 'SE')).toBe('canary');
  });

  it.each([0, 1, 500, 1_000, 2_500, 5_000, 9_999, BUCKETS])(
    'splits 100,000 players at %i of 10,000 buckets within six standard deviations',
    (canaryBuckets) => {
      const players = 100_000;
      const share = canaryBuckets / BUCKETS;
      for (const salt of [0, 42, 0xdeadbeef]) {
        const table = tableOf({ salt, canaryBuckets });
        let canaries = 0;
        for (let index = 0; index < players; index += 1)
          if (roleOf(table, `player-${index}`) === 'canary') canaries += 1;
        const deviation = Math.sqrt(players * share * (1 - share));
        expect(Math.abs(canaries - players * share)).toBeLessThanOrEqual(6 * deviation);
      }
    },
  );

  it('puts a player into the bucket that xxh32 tells', () => {
    fc.assert(
      fc.property(anyPlayer, anySalt, (player, salt) => {
        expect(bucketOf(player, salt)).toBe(xxh32(player, salt) % BUCKETS);
      }),
    );
  });

  it('splits two subjects independently', () => {
    const players = Array.from({ length: 10_000 }, (_, index) => `player-${index}`);
    const inBoth = players.filter((player) => bucketOf(player, 1) < 1_000 && bucketOf(player, 2) < 1_000);
    expect(inBoth.length).toBeGreaterThan(40);
    expect(inBoth.length).toBeLessThan(160);
  });

  it('knows no subject that the snapshot does not name', () => {
    expect(deal(tableOf(), 'acme', 'poker', 'p', 'MT')).toEqual({ kind: 'unknown-subject' });
    expect(deal(tableOf(), 'other', 'slots', 'p', 'MT')).toEqual({ kind: 'unknown-subject' });
    expect(deal(tableOf(), '__proto__', 'constructor', 'p', 'MT')).toEqual({ kind: 'unknown-subject' });
  });

  it('refuses a snapshot that routes a subject twice', () => {
    const route: SubjectRoute = {
      provider: 'acme',
      game: 'slots',
      salt: 1,
      stable: version('1.0.0'),
      canary: null,
      canaryBuckets: 0,
      fallbacks: [],
      revoked: [],
      marketBuckets: {},
      draining: [],
    };
    expect(() => compileRoutes({ routingVersion: 1, subjects: [route, route] })).toThrow('acme/slots');
  });

  it('is not changed by what later happens to the snapshot', () => {
    const stable = version('1.0.0', ['MT']);
    const table = tableOf({ stable, canary: null });
    stable.markets.push('SE');
    stable.endpoint = 'http://elsewhere.test';
    expect(roleOf(table, 'p', 'SE')).toBe('market-not-certified');
    expect(findVersion(table, 'acme', 'slots', '1.0.0')?.version.endpoint).toBe('http://1-0-0.test');
  });
});

describe('finding a pinned version', () => {
  const table = tableOf({ draining: [version('0.9.0'), version('0.8.0')] });

  it.each([
    ['1.0.0', 'stable'],
    ['1.1.0', 'canary'],
    ['0.9.0', 'draining'],
    ['0.8.0', 'draining'],
  ])('finds %s as %s', (number, role) => {
    expect(findVersion(table, 'acme', 'slots', number)).toMatchObject({ version: { version: number }, role });
  });

  it('finds nothing for a version that is gone', () => {
    expect(findVersion(table, 'acme', 'slots', '0.7.0')).toBeUndefined();
    expect(findVersion(table, 'acme', 'poker', '1.0.0')).toBeUndefined();
  });

  it('calls a version stable when it is told to be both stable and draining', () => {
    const both = tableOf({ draining: [version('1.0.0')] });
    expect(findVersion(both, 'acme', 'slots', '1.0.0')?.role).toBe('stable');
  });
});
