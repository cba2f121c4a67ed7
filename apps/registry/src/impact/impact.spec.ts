import { impactOf, type Bringing, type Situation } from './impact';

function bringing(version: string, change: Partial<Bringing> = {}): Bringing {
  return { version, migrations: [], flags: [], files: [], ...change };
}

function situation(change: Partial<Situation> = {}): Situation {
  return {
    subject: { provider: 'acme', game: 'wallet' },
    next: bringing('3.0.0'),
    present: bringing('2.4.0'),
    dependants: [],
    required: [],
    ...change,
  };
}

const dependant = { provider: 'acme', game: 'slots', version: '1.2.0', pool: 'production' as const };

describe('impactOf', () => {
  it('tells of dependants whose range no longer fits', () => {
    const impact = impactOf(
      situation({
        dependants: [
          { ...dependant, range: '>=2 <3' },
          { ...dependant, game: 'poker', range: '>=2' },
          { ...dependant, game: 'keno', range: '<2' },
        ],
      }),
    );
    expect(impact.breaks).toEqual([
      { id: 'acme/slots@1.2.0', pool: 'production', range: '>=2 <3', brokenAlready: false },
      { id: 'acme/keno@1.2.0', pool: 'production', range: '<2', brokenAlready: true },
    ]);
    expect(impact).toMatchObject({ change: 'major', ready: false });
  });

  it('tells what has to go first, and which version would do', () => {
    const impact = impactOf(
      situation({
        required: [
          {
            subject: 'acme/kyc',
            range: '^2',
            productionVersion: '1.9.0',
            versions: ['1.9.0', '2.0.0', '2.3.0', '3.0.0'],
          },
          { subject: 'acme/bonus', range: '^1', productionVersion: '1.1.0', versions: ['1.1.0'] },
          { subject: 'acme/risk', range: '^1', productionVersion: null, versions: [] },
        ] as unknown as Situation['required'],
      }),
    );
    expect(impact.first).toEqual([
      { subject: 'acme/kyc', range: '^2', productionVersion: '1.9.0', fitting: '2.3.0' },
      { subject: 'acme/risk', range: '^1', productionVersion: null, fitting: null },
    ]);
    expect(impact.ready).toBe(false);
  });

  it('tells what is purged, migrated and switched', () => {
    const file = (path: string, sha256: string) => ({ path, sha256 });
    const impact = impactOf(
      situation({
        next: bringing('2.4.1', {
          files: [file('a.js', '1'), file('b.js', '3'), file('d.js', '4')],
          migrations: ['V1__a.sql', 'V2__b.sql'],
          flags: ['bonus-round'],
        }),
        present: bringing('2.4.0', {
          files: [file('a.js', '1'), file('b.js', '2'), file('c.js', '2')],
          migrations: ['V1__a.sql'],
        }),
      }),
    );
    expect(impact).toMatchObject({
      change: 'patch',
      ready: true,
      purge: { prefix: 'game:acme/wallet:', files: ['b.js', 'c.js'] },
      migrations: ['V2__b.sql'],
      flags: ['bonus-round'],
    });
  });

  it.each([
    [null, 'first'],
    ['3.0.0', 'none'],
    ['3.0.0-rc.1', 'patch'],
    ['3.1.0', 'downgrade'],
    ['2.9.0', 'major'],
  ])('calls a change from %s %s', (version, change) => {
    const present = version === null ? null : bringing(version);
    expect(impactOf(situation({ present })).change).toBe(change);
  });
});
