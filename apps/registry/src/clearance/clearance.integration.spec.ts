import { randomUUID } from 'node:crypto';
import type { EventData } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { AuditTrail, Metrics } from '@croupier/service-kit';
import { eventually } from '@croupier/testing';
import { event, TestRegistry, versionPath } from '../../test/test-registry';
import { ExpiryWarnings } from '../certifications/expiry-warnings';
import { Clock } from '../clock';
import { MarketRules } from '../markets/market-rules';
import { RegistryConfig } from '../registry-config';
import { ClearanceFacts } from './clearance-facts';
import { ClearanceReview } from './clearance-review';
import { ClearanceSweep } from './clearance-sweep';

const DAY_MS = 24 * 60 * 60_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

class SetClock extends Clock {
  constructor(public time: Date) {
    super();
  }

  now(): Date {
    return this.time;
  }
}

describe('where a version may be dealt', () => {
  let registry: TestRegistry;

  beforeAll(async () => {
    registry = await TestRegistry.start();
    for (const market of ['SE', 'DE'])
      await registry
        .put(`/v1/markets/${market}`, { certification: 'required', reason: 'its law asks for it' })
        .expect(200);
  });

  afterAll(() => registry.stop());

  const told = { provider: 'acme', webhookId: 'msg_1' };
  const certified = (
    game: string,
    version: string,
    markets: string[],
    more: Partial<EventData<'game.certified'>> = {},
  ) =>
    event('game.certified', {
      ...told,
      announcedAt: new Date().toISOString(),
      game,
      version,
      markets,
      certificate: 'GLI-1',
      validUntil: null,
      ...more,
    });
  const revoked = (game: string, version: string) =>
    event('release.revoked', {
      ...told,
      announcedAt: new Date().toISOString(),
      game,
      version,
      reason: 'pays out twice',
    });
  const line = (game: string, version: string, market: string, more: object = {}) => ({
    provider: 'acme',
    game,
    version,
    market,
    certificate: 'BMM-7',
    validFrom: inDays(-1),
    ...more,
  });
  const imported = (...certificates: object[]) =>
    registry.post('/v1/certificates', { certificates, reason: 'from the laboratory' });
  const clearances = async (game: string) =>
    (await registry.news('clearance.changed', game)).map(({ clearance }) => clearance);
  const eligibility = async (game: string, market: string, version?: string) => {
    const query = `provider=acme&game=${game}&market=${market}${version ? `&version=${version}` : ''}`;
    return (await registry.get(`/v1/eligibility?${query}`).expect(200)).body;
  };

  it('is everywhere that its manifest names where that is enough, and nowhere that asks for a certificate', async () => {
    await registry.register('split', '1.0.0');
    const [registered] = await registry.news('artifact.registered', 'split');
    expect(registered?.clearance).toEqual({ revision: 1, markets: ['MT'], revoked: false });
    expect(await eligibility('split', 'MT')).toMatchObject({
      eligible: true,
      version: '1.0.0',
      certification: 'declared',
    });
    expect(await eligibility('split', 'SE')).toMatchObject({
      eligible: false,
      version: null,
      certification: 'required',
      reasons: [{ code: 'not-certified' }],
    });
  });

  it('does not hold for modules, which need no certificate', async () => {
    await registry.register('wallet', '1.0.0', { manifest: { kind: 'module' } });
    const [registered] = await registry.news('artifact.registered', 'wallet');
    expect(registered?.clearance?.markets).toEqual(['MT', 'SE']);
  });

  it('grows by a certificate of the provider, told once however often it comes', async () => {
    await registry.register('grows', '1.0.0');
    const telling = certified('grows', '1.0.0', ['SE', 'SE']);
    await registry.tell(telling, telling, { ...telling, id: randomUUID() });
    expect(await registry.news('clearance.changed', 'grows')).toEqual([
      {
        provider: 'acme',
        game: 'grows',
        version: '1.0.0',
        digest: expect.any(String),
        clearance: { revision: 2, markets: ['MT', 'SE'], revoked: false },
        reason: `certified by the provider's word: GLI-1`,
        actor: 'acme',
      },
    ]);
    expect(await eligibility('grows', 'SE')).toMatchObject({
      eligible: true,
      versions: [{ certificate: { certificate: 'GLI-1' } }],
    });
  });

  it('counts a certificate that came before the version', async () => {
    await registry.tell(certified('early', '1.0.0', ['SE', 'DE']));
    await registry.register('early', '1.0.0');
    const [registered] = await registry.news('artifact.registered', 'early');
    // DE is certified, and the manifest does not name it.
    expect(registered?.clearance).toEqual({ revision: 1, markets: ['MT', 'SE'], revoked: false });
    expect((await eligibility('early', 'DE')).reasons).toMatchObject([{ code: 'market-not-supported' }]);
  });

  it('takes the later of two tellings of one certificate, in whatever order they come', async () => {
    await registry.register('swapped', '1.0.0');
    const before = { announcedAt: inDays(-3), validUntil: inDays(-2) };
    const after = { announcedAt: inDays(-1), validUntil: inDays(300) };
    await registry.tell(
      certified('swapped', '1.0.0', ['SE'], after),
      certified('swapped', '1.0.0', ['SE'], before),
    );
    expect(await clearances('swapped')).toEqual([{ revision: 2, markets: ['MT', 'SE'], revoked: false }]);
  });

  it('ends everywhere when the provider takes the version back, for good and once', async () => {
    await registry.register('revoked', '1.0.0');
    await registry.tell(revoked('revoked', '1.0.0'), revoked('revoked', '1.0.0'));
    await registry.tell(certified('revoked', '1.0.0', ['SE']));
    expect(await clearances('revoked')).toEqual([{ revision: 2, markets: [], revoked: true }]);
    const { body } = await registry.get('/v1/games/acme/revoked/versions/1.0.0');
    expect(body).toMatchObject({ pool: 'revoked', clearedMarkets: [], clearanceRevision: 2 });
    expect((await eligibility('revoked', 'MT')).reasons).toEqual([
      { code: 'revoked', detail: 'it is revoked: pays out twice' },
    ]);
  });

  it('is nowhere from the start for a version that was revoked before it was registered', async () => {
    await registry.tell(revoked('early-revoked', '1.0.0'));
    await registry.register('early-revoked', '1.0.0');
    const [registered] = await registry.news('artifact.registered', 'early-revoked');
    expect(registered?.clearance).toEqual({ revision: 1, markets: [], revoked: true });
    const { body } = await registry.get('/v1/games/acme/early-revoked/versions/1.0.0');
    expect(body.pool).toBe('revoked');
  });

  it('ends by an operator, who is named, also for what no market is left for', async () => {
    await registry.register('by-hand', '1.0.0', { manifest: { markets: ['SE'] } });
    const path = versionPath('acme/by-hand@1.0.0', '/revoke');
    const { body } = await registry.post(path, { reason: 'the laboratory called' }).expect(200);
    expect(body).toMatchObject({
      already: false,
      registered: true,
      revoked: { author: 'ann@acme.example', reason: 'the laboratory called' },
    });
    expect((await registry.post(path, { reason: 'once more' })).body).toMatchObject({
      already: true,
      revoked: { reason: 'the laboratory called' },
    });
    expect(await registry.news('clearance.changed', 'by-hand')).toMatchObject([
      { clearance: { revision: 2, markets: [], revoked: true }, actor: 'ann@acme.example' },
    ]);
    const history = await registry.get(versionPath('acme/by-hand@1.0.0', '/clearances'));
    expect(history.body.items).toMatchObject([
      { clearance: { revision: 2 }, reason: 'revoked: the laboratory called' },
      { clearance: { revision: 1 }, reason: 'registered' },
    ]);
  });

  it('shrinks when the provider disables a game, also for later versions, until an operator lifts it', async () => {
    await registry.register('disabled', '1.0.0');
    const reason = 'licence is over';
    await registry.tell(
      event('game.disabled', {
        ...told,
        announcedAt: new Date().toISOString(),
        game: 'disabled',
        version: null,
        markets: ['MT'],
        reason,
      }),
    );
    await registry.register('disabled', '1.1.0');
    expect(await clearances('disabled')).toEqual([{ revision: 2, markets: [], revoked: false }]);
    const [, second] = await registry.news('artifact.registered', 'disabled');
    expect(second?.clearance?.markets).toEqual([]);
    const { body } = await registry.get('/v1/disablements?provider=acme&game=disabled');
    expect(body.items).toMatchObject([{ version: null, markets: ['MT'], reason, lifted: null }]);
    const lift = `/v1/disablements/${body.items[0].id}?reason=licence%20is%20back`;
    expect((await registry.delete(lift).expect(200)).body.lifted.author).toBe('ann@acme.example');
    await registry.delete(lift).expect(200);
    expect((await clearances('disabled')).slice(1)).toEqual(
      expect.arrayContaining([
        { revision: 3, markets: ['MT'], revoked: false },
        { revision: 2, markets: ['MT'], revoked: false },
      ]),
    );
  });

  describe('by certificates that operators bring', () => {
    it('grows by all lines of an import, and names what is not registered yet', async () => {
      await registry.register('imported', '1.0.0', { manifest: { markets: ['SE', 'DE'] } });
      const lines = [
        line('imported', '1.0.0', 'SE'),
        line('imported', '1.0.0', 'DE'),
        line('imported', '2.0.0', 'SE'),
      ];
      expect((await imported(...lines).expect(200)).body).toEqual({
        certificates: 3,
        clearancesChanged: 1,
        unregistered: ['acme/imported@2.0.0'],
      });
      expect((await imported(...lines)).body.clearancesChanged).toBe(0);
      expect(await clearances('imported')).toEqual([{ revision: 2, markets: ['DE', 'SE'], revoked: false }]);
    });

    it('takes CSV', async () => {
      await registry.register('csv', '1.0.0', { manifest: { rtpVariants: [94, 96.5] } });
      const csv = [
        'provider,game,version,market,certificate,laboratory,validFrom,validTo,rtp',
        `acme,csv,1.0.0,SE,"GLI-8, rev. 2",GLI,${inDays(-1)},,96.5`,
      ].join('\r\n');
      await registry
        .post('/v1/certificates?reason=from%20the%20laboratory')
        .set('content-type', 'text/csv')
        .send(csv)
        .expect(200);
      const { body } = await registry.get('/v1/certificates?game=csv');
      expect(body.items).toMatchObject([
        {
          certificate: 'GLI-8, rev. 2',
          laboratory: 'GLI',
          validTo: null,
          rtp: 96.5,
          state: 'in-force',
          actor: 'ann@acme.example',
        },
      ]);
      expect((await eligibility('csv', 'SE')).eligible).toBe(true);
    });

    it.each([
      ['of another digest', { digest: 'b'.repeat(64) }, 'other-digest'],
      ['of a return it does not have', { rtp: 88 }, 'other-rtp'],
      ['of the future', { validFrom: inDays(2) }, 'not-yet-valid'],
      ['that has expired', { validTo: inDays(-0.5) }, 'expired'],
    ])('does not grow by one %s, and says why', async (_, more, code) => {
      const game = `faulty-${code}`;
      await registry.register(game, '1.0.0', { manifest: { rtpVariants: [96] } });
      await imported(line(game, '1.0.0', 'SE', more)).expect(200);
      expect(await eligibility(game, 'SE')).toMatchObject({ eligible: false, reasons: [{ code }] });
      expect(await clearances(game)).toEqual([]);
    });

    it('shrinks when one is withdrawn, and grows when it is brought again', async () => {
      await registry.register('withdrawn', '1.0.0');
      await imported(line('withdrawn', '1.0.0', 'SE'));
      const { body } = await registry.get('/v1/certificates?game=withdrawn');
      const path = `/v1/certificates/${body.items[0].id}?reason=a%20mistake`;
      expect((await registry.delete(path).expect(200)).body).toMatchObject({
        state: 'withdrawn',
        withdrawn: { author: 'ann@acme.example', reason: 'a mistake' },
      });
      await registry.tell(certified('withdrawn', '1.0.0', ['SE'], { certificate: 'BMM-7' }));
      expect((await eligibility('withdrawn', 'SE')).reasons).toMatchObject([{ code: 'withdrawn' }]);
      await imported(line('withdrawn', '1.0.0', 'SE'));
      expect((await clearances('withdrawn')).map(({ markets }) => markets.join())).toEqual([
        'MT,SE',
        'MT',
        'MT,SE',
      ]);
    });

    it.each([
      ['a line that ends before it begins', { validTo: inDays(-2) }, 'certificates.0.validTo'],
      ['a market that is none', { market: 'Sweden' }, 'certificates.0.market'],
      ['a line without a version', { version: undefined }, 'certificates.0.version'],
      [
        'an own version that no scheme fits',
        { version: undefined, originalVersion: 'latest' },
        'certificates.0.originalVersion',
      ],
    ])('refuses %s by naming the field, and stores nothing', async (_, more, field) => {
      const { status, body } = await imported(
        line('refused', '1.0.0', 'SE', more),
        line('refused', '1.0.0', 'SE'),
      );
      expect(status).toBe(422);
      expect(body.errors[0].field).toBe(field);
      expect((await registry.get('/v1/certificates?game=refused')).body.items).toEqual([]);
    });

    it.each([
      ['a certificate that stands there twice', '', 422, 'certificate-named-twice'],
      ['what is no CSV', '"', 400, 'malformed-csv'],
    ])('refuses %s', async (_, csv, status, slug) => {
      const answer =
        csv === ''
          ? await imported(line('twice', '1.0.0', 'SE'), line('twice', '1.0.0', 'SE'))
          : await registry.post('/v1/certificates?reason=because').set('content-type', 'text/csv').send(csv);
      expect(answer.status).toBe(status);
      expect(answer.body.type).toContain(slug);
    });
  });

  describe('as time goes by', () => {
    const clock = new SetClock(new Date());
    let sweep: ClearanceSweep;

    beforeAll(() => {
      const { dataSource } = registry;
      const outbox = new Outbox();
      const config = new RegistryConfig({ CERTIFICATE_WARNING_DAYS: '30' });
      const rules = new MarketRules(dataSource, config, clock, new AuditTrail(outbox, 'registry'));
      const review = new ClearanceReview(new ClearanceFacts(), rules, outbox, clock);
      const warnings = new ExpiryWarnings(dataSource, outbox, config, clock, new Metrics('test'));
      sweep = new ClearanceSweep(dataSource, review, warnings, clock);
    });

    it('grows when a certificate begins, is warned of its end once, and shrinks then', async () => {
      await registry.register('timed', '1.0.0');
      await imported(line('timed', '1.0.0', 'SE', { validFrom: inDays(10), validTo: inDays(100) }));
      expect(await clearances('timed')).toEqual([]);

      clock.time = new Date(inDays(11));
      await sweep.pass();
      expect(await registry.news('clearance.changed', 'timed')).toMatchObject([
        {
          clearance: { revision: 2, markets: ['MT', 'SE'] },
          reason: 'SE: certificate BMM-7 holds',
          actor: 'registry',
        },
      ]);
      expect(await registry.news('certificate.expiring', 'timed')).toEqual([]);

      clock.time = new Date(inDays(80));
      await sweep.pass();
      await sweep.pass();
      expect(await registry.news('certificate.expiring', 'timed')).toMatchObject([
        { version: '1.0.0', market: 'SE', certificate: 'BMM-7' },
      ]);

      clock.time = new Date(inDays(101));
      await sweep.pass();
      await sweep.pass();
      const [, last, ...more] = await registry.news('clearance.changed', 'timed');
      expect(last).toMatchObject({
        clearance: { revision: 3, markets: ['MT'] },
        reason: expect.stringMatching(/^SE: its certificate BMM-7 has expired on /),
      });
      expect(more).toEqual([]);
    });

    it('lists and counts what ends soon', async () => {
      await registry.register('ending', '1.0.0');
      await imported(line('ending', '1.0.0', 'SE', { validTo: inDays(5) }));
      const { body } = await registry.get('/v1/certificates?expiringWithinDays=10&game=ending');
      expect(body.items).toMatchObject([{ game: 'ending', state: 'in-force' }]);
      expect(await registry.metrics()).toMatch(/^certificates_expiring_soon\{.*\} [1-9]/m);
    });

    it('changes with the rule of a market, version by version', async () => {
      await registry.register('ruled', '1.0.0', { manifest: { markets: ['IT'] } });
      const rule = { certification: 'required', reason: 'new law' };
      const { headers } = await registry.put('/v1/markets/IT', rule).expect(200);
      await eventually(async () => (await clearances('ruled')).length === 1);
      expect(await registry.news('clearance.changed', 'ruled')).toMatchObject([
        {
          clearance: { markets: [] },
          reason: expect.stringMatching(/^IT: IT requires a certificate/),
          actor: 'registry',
        },
      ]);
      await registry
        .put('/v1/markets/IT', { ...rule, certification: 'declared' })
        .set('if-match', '"9"')
        .expect(412);
      await registry
        .put('/v1/markets/IT', { certification: 'declared', reason: 'law is gone' })
        .set('if-match', headers['etag'] as string)
        .expect(200);
      await eventually(async () => (await clearances('ruled')).at(-1)?.markets.join() === 'IT');
      const { body } = await registry.get('/v1/markets');
      expect(body.default).toBe('declared');
      expect(body.markets).toContainEqual(
        expect.objectContaining({ market: 'IT', certification: 'declared', revision: 2 }),
      );
    });
  });

  it('counts a certificate that comes at the moment of the registration', async () => {
    const games = ['moment-1', 'moment-2', 'moment-3', 'moment-4'];
    await Promise.all(
      games.flatMap((game) => [
        registry.register(game, '1.0.0'),
        imported(line(game, '1.0.0', 'SE')).expect(200),
      ]),
    );
    for (const game of games) {
      const { body } = await registry.get(`/v1/games/acme/${game}/versions/1.0.0`);
      expect(body.clearedMarkets).toEqual(['MT', 'SE']);
    }
  });

  it('is told with a revision that rises, whatever comes at once', async () => {
    await registry.register('busy', '1.0.0', { manifest: { markets: ['SE', 'DE', 'MT'] } });
    await Promise.all([
      registry.tell(certified('busy', '1.0.0', ['SE'])),
      registry.tell(certified('busy', '1.0.0', ['DE'], { certificate: 'GLI-2' })),
      imported(line('busy', '1.0.0', 'SE'), line('busy', '1.0.0', 'DE')).expect(200),
      registry.tell(revoked('busy', '1.0.0')),
    ]);
    const all = await clearances('busy');
    const revisions = all.map(({ revision }) => revision).sort((a, b) => a - b);
    expect(revisions).toEqual(revisions.map((_, index) => index + 2));
    expect(all.filter(({ revoked: isRevoked }) => isRevoked)).toEqual([
      { revision: revisions.at(-1), markets: [], revoked: true },
    ]);
  });
});

describe('a registry that requires certificates everywhere', () => {
  it('clears what is certified, and nothing else', async () => {
    const registry = await TestRegistry.start({ CERTIFICATION: 'required' });
    try {
      await registry.register('strict', '1.0.0');
      const [registered] = await registry.news('artifact.registered', 'strict');
      expect(registered?.clearance?.markets).toEqual([]);
    } finally {
      await registry.stop();
    }
  });
});
