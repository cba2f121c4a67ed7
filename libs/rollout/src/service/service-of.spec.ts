import * as fc from 'fast-check';
import { NO_WEIGHT } from '../steps/weights';
import { dueReleases } from './due-releases';
import { serviceOf } from './service-of';
import type { SubjectStanding, VersionStanding } from './standing-of-versions';

const MARKETS = ['MT', 'SE', 'DE'];

function version(name: string, facts: Partial<VersionStanding> = {}): VersionStanding {
  const since = Number(name.split('.')[1]) + 1;
  return {
    version: name,
    cleared: MARKETS,
    revoked: false,
    running: true,
    stood: { since, markets: MARKETS, offered: [] },
    rolledBack: false,
    ...facts,
  };
}

const revoked = (name: string, facts: Partial<VersionStanding> = {}): VersionStanding =>
  version(name, { ...facts, revoked: true, cleared: [] });

function subject(stable: string, ...versions: VersionStanding[]): SubjectStanding {
  return { stable, canary: null, versions };
}

const stood = (since: number, markets: string[], offered: string[] = []) => ({
  stood: { since, markets, offered },
});

describe('which version serves which market', () => {
  it('is stable alone while that is certified wherever its predecessor was', () => {
    const service = serviceOf(subject('1.1.0', version('1.0.0'), version('1.1.0')));
    expect(service).toMatchObject({ stable: { version: '1.1.0', markets: MARKETS }, fallbacks: [] });
  });

  it('is the version before, where stable is not certified', () => {
    const service = serviceOf(
      subject('1.1.0', version('1.0.0'), version('1.1.0', { cleared: ['MT'], ...stood(2, ['MT']) })),
    );
    expect(service.stable?.markets).toEqual(['MT']);
    expect(service.fallbacks.map(({ version: name }) => name)).toEqual(['1.0.0']);
  });

  it('is of several versions before the last one that was stable there, and none that is needed nowhere', () => {
    const service = serviceOf(
      subject(
        '1.3.0',
        version('1.0.0'),
        version('1.1.0', stood(2, ['MT', 'SE'])),
        version('1.2.0', stood(3, ['MT'])),
        version('1.3.0', stood(4, ['MT'])),
      ),
    );
    expect(service.fallbacks.map(({ version: name }) => name)).toEqual(['1.1.0', '1.0.0']);
  });

  it('does not change where stable is certified later: that needs a rollout of its own', () => {
    const later = version('1.1.0', stood(2, ['MT']));
    const service = serviceOf(subject('1.1.0', version('1.0.0'), later));
    expect(service.stable?.markets).toEqual(['MT']);
  });

  it('is never a version that was only tried, unless stable is revoked and nothing else runs', () => {
    const tried = version('1.2.0', { stood: null });
    const service = serviceOf(subject('1.1.0', version('1.1.0', stood(1, ['MT'])), tried));
    expect(service.fallbacks).toEqual([]);
    const left = serviceOf(subject('1.1.0', revoked('1.1.0'), tried));
    expect(left.fallbacks).toEqual([{ version: '1.2.0', markets: MARKETS }]);
    const bad = serviceOf(subject('1.1.0', revoked('1.1.0'), { ...tried, rolledBack: true }));
    expect(bad.fallbacks).toEqual([]);
  });

  it('has no revoked canary, and no canary outside its rollout’s markets', () => {
    const canary = { version: '1.1.0', weights: { elsewhere: 5, markets: {} }, markets: ['SE'] };
    const trial = version('1.1.0', { stood: null });
    const standing = { ...subject('1.0.0', version('1.0.0'), trial), canary };
    expect(serviceOf(standing)).toMatchObject({ canary: { markets: ['SE'] }, weights: canary.weights });
    const withdrawn = { ...subject('1.0.0', version('1.0.0'), revoked('1.1.0')), canary };
    expect(serviceOf(withdrawn)).toMatchObject({ canary: null, weights: NO_WEIGHT });
  });

  const markets = fc.subarray(MARKETS);
  const anyVersion = (name: string): fc.Arbitrary<VersionStanding> =>
    fc
      .record({
        cleared: markets,
        revoked: fc.boolean(),
        running: fc.boolean(),
        stood: fc.option(fc.record({ since: fc.nat(9), markets, offered: markets })),
        rolledBack: fc.boolean(),
      })
      .map((facts) => ({ ...facts, version: name, cleared: facts.revoked ? [] : facts.cleared }));

  it('is none that does not run, is revoked, or is not certified there, whatever there is', () => {
    const names = ['1.0.0', '1.1.0', '1.2.0'];
    fc.assert(
      fc.property(fc.tuple(...names.map(anyVersion)), fc.constantFrom(...names), (versions, stable) => {
        const service = serviceOf(subject(stable, ...versions));
        for (const served of [service.stable, ...service.fallbacks]) {
          if (served === null) continue;
          const known = versions.find(({ version: name }) => name === served.version)!;
          expect(known.running).toBe(true);
          expect(served.markets.filter((market) => !known.cleared.includes(market))).toEqual([]);
        }
      }),
    );
  });
});

describe('the releases that are due', () => {
  it('are none while stable serves wherever it is certified', () => {
    expect(dueReleases(subject('1.0.0', version('1.0.0')), [])).toEqual([]);
  });

  it('put the last stable version that runs in the place of a revoked one, once', () => {
    const standing = subject(
      '1.2.0',
      version('1.0.0', { running: false }),
      version('1.1.0'),
      revoked('1.2.0'),
    );
    const due = { kind: 'stand-in', version: '1.1.0', standsInFor: '1.2.0' };
    expect(dueReleases(standing, [])).toEqual([due]);
    expect(dueReleases(standing, [{ version: '1.1.0', standsInFor: '1.2.0', isOver: false }])).toEqual([]);
  });

  it('start the last known good one again when nothing runs, but for one that is being tried', () => {
    const trial = version('1.2.0', { stood: null });
    const standing = subject('1.1.0', version('1.0.0', { running: false }), revoked('1.1.0'), trial);
    expect(dueReleases(standing, [{ version: '1.2.0', standsInFor: null, isOver: false }])).toEqual([]);
    expect(dueReleases(standing, [])).toEqual([{ kind: 'stand-in', version: '1.0.0', standsInFor: '1.1.0' }]);
  });

  it('do not try again what has failed to take the place, but the one before it', () => {
    const standing = subject('1.2.0', version('1.0.0'), version('1.1.0'), revoked('1.2.0'));
    const failed = { version: '1.1.0', standsInFor: '1.2.0', isOver: true };
    expect(dueReleases(standing, [failed])).toMatchObject([{ version: '1.0.0' }]);
    expect(dueReleases(standing, [failed, { ...failed, version: '1.0.0' }])).toEqual([]);
  });

  it('are none when every other version is revoked, too', () => {
    expect(dueReleases(subject('1.1.0', revoked('1.0.0'), revoked('1.1.0')), [])).toEqual([]);
  });

  it('bring stable to markets that it is certified in later: one for each version it follows there', () => {
    const standing = subject(
      '1.1.0',
      version('1.0.0', stood(1, ['MT', 'SE'])),
      version('1.1.0', stood(2, ['MT'])),
    );
    expect(dueReleases(standing, [])).toEqual([
      { kind: 'extension', version: '1.1.0', markets: ['SE'], from: '1.0.0' },
      { kind: 'extension', version: '1.1.0', markets: ['DE'], from: null },
    ]);
  });

  it('offer a market once, however that ended', () => {
    const standing = subject('1.1.0', version('1.1.0', stood(2, ['MT'], ['SE', 'DE'])));
    expect(dueReleases(standing, [])).toEqual([]);
  });
});
