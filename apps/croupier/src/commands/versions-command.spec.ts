import type { Impact, PoolStay, RevocationView, VersionDetail, Whereabouts } from '@croupier/contracts';
import type { Answered, Asked } from '../../test/api-double';
import { commandsAgainst } from '../../test/command-run';
import { listVersions, revokeVersion, showVersion, whereVersions } from './versions-command';

const AT = '2025-06-01T12:00:00.000Z';
const state = '/nowhere';

const version = {
  id: 'acme/slots@1.4.0',
  provider: 'acme',
  game: 'slots',
  version: '1.4.0',
  originalVersion: 'v1.4',
  kind: 'game',
  title: 'Slots',
  channel: 'stable',
  digest: 'd'.repeat(64),
  manifestUrl: 'https://cdn.example/manifest.json',
  markets: ['MT', 'SE'],
  clearedMarkets: ['MT'],
  clearanceRevision: 2,
  rtpVariants: [],
  currencies: [],
  languages: [],
  devices: [],
  pool: 'production',
  announcedAt: AT,
  registeredAt: AT,
  releaseNotes: '',
  requires: [{ subject: 'acme/wallet', range: '^2' }],
  files: [],
} as unknown as VersionDetail;
const stay = {
  ...version,
  from: AT,
  to: null,
  reason: 'promoted',
  eventId: '1',
} as unknown as PoolStay;
const whereabouts: Whereabouts = { ...stay, role: 'stable', weightPercent: 95, markets: { MT: 95 } };
const impact: Impact = {
  id: version.id,
  productionVersion: '1.3.0',
  change: 'minor',
  ready: false,
  breaks: [{ id: version.id, pool: 'production', range: '<1.4', brokenAlready: false }],
  first: [{ subject: version.requires[0]!.subject, range: '^2', productionVersion: '1.0.0', fitting: null }],
  purge: { prefix: 'game:acme/slots:', files: [] },
  migrations: [],
  flags: [],
};
const revocation: RevocationView = {
  id: version.id,
  already: false,
  registered: true,
  revoked: { author: 'ann', reason: 'pays out twice', at: AT },
};

describe('croupier versions', () => {
  const run = commandsAgainst('REGISTRY_URL');
  beforeEach(() => (run.api.answer = answer));

  function answer({ url }: Asked): Answered | undefined {
    switch (decodeURIComponent(url.split('?', 1)[0] ?? '')) {
      case '/v1/versions':
        return { body: { items: [version], next: url.includes('cursor') ? null : `${url}&cursor=x` } };
      case '/v1/games/acme/slots/versions/1.4.0':
        return { body: version };
      case '/v1/versions/acme/slots@1.4.0/pools':
        return { body: { items: [stay], next: null } };
      case '/v1/versions/acme/slots@1.4.0/impact':
        return { body: impact };
      case '/v1/versions/acme/slots@1.4.0/revoke':
        return { body: revocation };
      case '/v1/where':
        return { body: { items: [whereabouts], next: null } };
      default:
        return undefined;
    }
  }

  it('lists what fits, page after page', async () => {
    await listVersions({ state, provider: 'acme', clearedIn: 'MT', search: 'lucky', limit: '100' });
    const line = 'acme/slots@1.4.0 (v1.4)  stable  production  cleared in 1 of 2 markets';
    expect(run.printed).toEqual([line, line, '2 versions.']);
    expect(run.api.asked[0]?.url).toBe('/v1/versions?limit=100&provider=acme&clearedIn=MT&q=lucky');
  });

  it('asks for no more than it is to show', async () => {
    await listVersions({ state, limit: '1', json: true });
    expect(run.api.asked).toHaveLength(1);
    expect(JSON.parse(run.printed[0] ?? '')).toMatchObject({ versions: [{ id: 'acme/slots@1.4.0' }] });
  });

  it('shows one, with what it may do, where it has been, and what follows from it', async () => {
    await showVersion('acme/slots@1.4.0', { state });
    expect(run.printed).toEqual(
      expect.arrayContaining([
        'may be dealt in MT',
        'may not be dealt in SE',
        'requires acme/wallet ^2',
        `  production  ${AT} to now  promoted`,
        '  breaks acme/slots@1.4.0, which requires <1.4',
        '  first acme/wallet ^2: there is 1.0.0, none fits',
      ]),
    );
  });

  it('tells what ran where at a moment', async () => {
    await whereVersions({ state, at: AT, game: 'slots', limit: '100' });
    expect(run.api.asked[0]?.url).toContain(`at=${encodeURIComponent(AT)}`);
    expect(run.printed).toEqual([
      `acme/slots@1.4.0  production  stable 95 %  since ${AT}  promoted`,
      '1 versions.',
    ]);
  });

  it('revokes one in the name of who does it', async () => {
    await revokeVersion('acme/slots@1.4.0', { state, reason: 'pays out twice', actor: 'ann' });
    expect(run.api.asked).toMatchObject([
      {
        method: 'POST',
        url: '/v1/versions/acme%2Fslots%401.4.0/revoke',
        headers: { 'x-croupier-actor': 'ann' },
        body: { reason: 'pays out twice' },
      },
    ]);
    expect(run.printed).toEqual([`acme/slots@1.4.0 is revoked by ann at ${AT}: pays out twice`]);
  });

  it('refuses what is no version, and says how one is named', async () => {
    await expect(revokeVersion('slots', { state, reason: 'because' })).rejects.toThrow('acme/slots@1.4.0');
    await expect(whereVersions({ state, limit: 'all' })).rejects.toThrow('--limit');
    expect(run.api.asked).toEqual([]);
  });
});
