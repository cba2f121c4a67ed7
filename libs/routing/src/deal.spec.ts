import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import fc from 'fast-check';
import { BUCKETS, bucketOf } from './bucket';
import { continueSession, deal, findVersion } from './deal';
import { compileRoutes, updateRoutes, type RoutingTable } from './routing-table';
import type { Dealt } from './subject';
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

/** Columns are in the order in which markets came, which nothing depends on. */
function withoutNotes(dealt: Dealt): Dealt {
  const columns = { of: new Map(), names: [] };
  return dealt.kind === 'dealt' ? { ...dealt, notes: { ...dealt.notes, columns } } : dealt;
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

describe('a fallback', () => {
  const table = tableOf({
    stable: version('2.0.0', ['MT']),
    canary: version('2.1.0', ['MT', 'SE']),
    canaryBuckets: 5_000,
    fallbacks: [version('1.9.0', ['DE']), version('1.8.0', ['DE', 'SE'])],
  });
  const versionIn = (market: string, player: string): string => {
    const dealt = deal(table, 'acme', 'slots', player, market);
    return dealt.kind === 'dealt' ? dealt.version.version : dealt.kind;
  };

  it('is dealt where stable is not served: the first that is served there', () => {
    const player = 'nobody';
    expect(bucketOf(player, 42)).toBeGreaterThan(5_000);
    expect(['MT', 'SE', 'DE', 'FR'].map((market) => versionIn(market, player))).toEqual([
      '2.0.0',
      '1.8.0',
      '1.9.0',
      'market-not-certified',
    ]);
    expect(deal(table, 'acme', 'slots', player, 'DE')).toMatchObject({ role: 'fallback' });
  });

  it('leaves the canary its buckets where the canary is served', () => {
    const inCanary = Array.from({ length: 100 }, (_, index) => `player-${index}`).find(
      (player) => bucketOf(player, 42) < 5_000,
    ) as string;
    expect(['MT', 'SE', 'DE'].map((market) => versionIn(market, inCanary))).toEqual([
      '2.1.0',
      '2.1.0',
      '1.9.0',
    ]);
  });

  it('keeps its open sessions', () => {
    const session = { provider: 'acme', game: 'slots', version: '1.8.0', player: 'p', market: 'SE' };
    expect(continueSession(table, session)).toMatchObject({ kind: 'pinned', role: 'fallback' });
  });
});

describe('an open session', () => {
  const session = { provider: 'acme', game: 'slots', version: '1.0.0', player: 'p', market: 'MT' };

  it('goes on with its version, whatever the player would be dealt now', () => {
    const table = tableOf({ stable: version('1.1.0'), canary: null, draining: [version('1.0.0')] });
    expect(continueSession(table, session)).toMatchObject({ kind: 'pinned', version: { version: '1.0.0' } });
  });

  it('goes on with what its player is dealt now, once its version is revoked', () => {
    fc.assert(
      fc.property(anyPlayer, anySalt, anyBuckets, (player, salt, canaryBuckets) => {
        const route = { salt, canaryBuckets, stable: version('0.9.0'), draining: [version('1.0.0')] };
        const table = tableOf({ ...route, revoked: ['1.0.0'] });
        expect(continueSession(table, { ...session, player })).toBe(
          deal(table, 'acme', 'slots', player, 'MT'),
        );
      }),
    );
  });

  it('goes on with what is dealt now in a market in which its version is not served any more', () => {
    const table = tableOf({ stable: version('1.1.0'), canary: null, draining: [version('1.0.0', ['SE'])] });
    expect(continueSession(table, session)).toMatchObject({ kind: 'dealt', version: { version: '1.1.0' } });
    expect(continueSession(table, { ...session, market: 'SE' })).toMatchObject({ kind: 'pinned' });
    expect(continueSession(table, { ...session, market: 'FR' })).toEqual({ kind: 'market-not-certified' });
  });

  it('ends when its version or its game is gone', () => {
    expect(continueSession(tableOf(), { ...session, version: '0.1.0' })).toEqual({ kind: 'version-gone' });
    expect(continueSession(tableOf(), { ...session, game: 'poker' })).toEqual({ kind: 'version-gone' });
  });
});

describe('a revoked version', () => {
  it('is dealt to nobody, in whatever role it is told', () => {
    fc.assert(
      fc.property(
        fc.subarray(['1.0.0', '1.1.0', '0.9.0']),
        anyPlayer,
        anyBuckets,
        fc.constantFrom(...MARKETS),
        (revoked, player, canaryBuckets, market) => {
          const table = tableOf({ canaryBuckets, fallbacks: [version('0.9.0')], revoked });
          const dealt = deal(table, 'acme', 'slots', player, market);
          if (dealt.kind === 'dealt') expect(revoked).not.toContain(dealt.version.version);
          else expect(revoked).toEqual(expect.arrayContaining(['1.0.0', '0.9.0']));
          for (const gone of revoked) expect(findVersion(table, 'acme', 'slots', gone)).toBeUndefined();
        },
      ),
    );
  });
});

describe('an update', () => {
  const anyGame = fc.constantFrom('a', 'b', 'c', 'd');
  const anyRoute = fc.record({
    game: anyGame,
    salt: anySalt,
    canaryBuckets: anyBuckets,
    markets: fc.uniqueArray(fc.constantFrom(...Array.from({ length: 40 }, (_, index) => `US-${index}`))),
  });
  const anyChange = fc.oneof(
    anyRoute.map((route) => ({ kind: 'route' as const, route })),
    anyGame.map((game) => ({ kind: 'gone' as const, game })),
  );

  it('deals as the whole snapshot would, whatever changes came before', () => {
    fc.assert(
      fc.property(
        fc.array(anyChange, { maxLength: 30 }),
        fc.array(anyPlayer, { maxLength: 5 }),
        (changes, players) => {
          const routes = new Map<string, SubjectRoute>();
          let table = compileRoutes({ routingVersion: 0, subjects: [] });
          for (const [index, change] of changes.entries()) {
            const next = { routingVersion: index + 1, since: index };
            if (change.kind === 'gone') {
              routes.delete(change.game);
              const gone = [{ provider: 'acme', game: change.game }];
              table = updateRoutes(table, { ...next, subjects: [], gone });
              continue;
            }
            const { game, salt, canaryBuckets, markets } = change.route;
            const route: SubjectRoute = {
              provider: 'acme',
              game,
              salt,
              stable: version('1.0.0', markets),
              canary: version('1.1.0', markets),
              canaryBuckets,
              marketBuckets: {},
              draining: [],
              fallbacks: [],
              revoked: [],
            };
            routes.set(game, route);
            table = updateRoutes(table, { ...next, subjects: [route], gone: [] });
          }
          const whole = compileRoutes({ routingVersion: changes.length, subjects: [...routes.values()] });
          for (const game of ['a', 'b', 'c', 'd'])
            for (const player of players)
              for (const market of ['US-0', 'US-7', 'US-39', 'MT'])
                expect(withoutNotes(deal(table, 'acme', game, player, market))).toEqual(
                  withoutNotes(deal(whole, 'acme', game, player, market)),
                );
        },
      ),
    );
  });

  it('leaves the table it was made from as it was', () => {
    const before = tableOf({ canaryBuckets: 0 });
    const stable = version('3.0.0', ['MT']);
    const after = updateRoutes(before, {
      routingVersion: 8,
      since: 7,
      subjects: [
        {
          provider: 'acme',
          game: 'slots',
          salt: 42,
          stable,
          canary: null,
          canaryBuckets: 0,
          marketBuckets: {},
          draining: [],
          fallbacks: [],
          revoked: [],
        },
      ],
      gone: [],
    });
    expect(deal(before, 'acme', 'slots', 'p', 'MT')).toMatchObject({ version: { version: '1.0.0' } });
    expect(deal(after, 'acme', 'slots', 'p', 'MT')).toMatchObject({ version: { version: '3.0.0' } });
    expect(deal(after, 'acme', 'slots', 'p', 'SE')).toEqual({ kind: 'market-not-certified' });
  });
});
