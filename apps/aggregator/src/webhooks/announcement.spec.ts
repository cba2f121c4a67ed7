import { EVENTS, ProviderWebhook, type EventType } from '@croupier/contracts';
import { announcementOf } from './announcement';
import { eventIdOf } from './event-id';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function webhook(change: { type?: string; manifestUrl?: string } = {}): ProviderWebhook {
  return ProviderWebhook.parse({
    type: change.type ?? 'game.added',
    timestamp: '2025-06-01T12:00:00Z',
    data: {
      game: 'slots',
      version: '1.1.0',
      manifestUrl: change.manifestUrl ?? 'https://cdn.acme.example/slots/1.1.0/manifest.json',
      manifestSha256: 'a'.repeat(64),
    },
  });
}

const origin = { provider: 'acme', webhookId: 'msg_1', traceparent: undefined };

describe('announcementOf', () => {
  it('tells the platform what the provider announced', () => {
    expect(announcementOf(webhook(), origin)).toMatchObject({
      type: 'game.version.announced',
      subject: 'acme/slots',
      data: {
        provider: 'acme',
        game: 'slots',
        version: '1.1.0',
        change: 'added',
        manifestUrl: 'https://cdn.acme.example/slots/1.1.0/manifest.json',
        manifestSha256: 'a'.repeat(64),
        webhookId: 'msg_1',
        announcedAt: '2025-06-01T12:00:00Z',
      },
    });
  });

  it('names the same event for each delivery of a webhook, and another for any other', () => {
    const id = eventIdOf('acme', 'msg_1');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(announcementOf(webhook(), origin).id).toBe(id);
    expect(eventIdOf('acme', 'msg_2')).not.toBe(id);
    expect(eventIdOf('other', 'msg_1')).not.toBe(id);
  });

  it('goes on with the trace of the request', () => {
    expect(announcementOf(webhook(), { ...origin, traceparent: TRACEPARENT }).traceparent).toBe(TRACEPARENT);
  });

  it.each([
    undefined,
    'nonsense',
    TRACEPARENT.replace('b7ad6b7169203331', '0'.repeat(16)),
    `${TRACEPARENT}-x`,
  ])('leaves out the traceparent %j', (traceparent) => {
    expect(announcementOf(webhook(), { ...origin, traceparent })).not.toHaveProperty('traceparent');
  });

  it('leaves the reference to a bundle in an OCI registry as it is', () => {
    const bundle = `oci://registry.example.com:5000/acme/slots@sha256:${'a'.repeat(64)}`;
    expect(announcementOf(webhook({ manifestUrl: bundle }), origin).data).toMatchObject({
      manifestUrl: bundle,
    });
  });

  it('encodes what a URL may not have, such as U+0000, which jsonb does not store', () => {
    const bundle = `oci://registry.example.com:5000/acme/slots@sha256:${'a'.repeat(64)}`;
    expect(announcementOf(webhook({ manifestUrl: bundle }), origin).data).toMatchObject({
      manifestUrl: bundle,
    });
    const event = announcementOf(webhook({ manifestUrl: 'https://acme.example/a\u0000b \ud800' }), origin);
    expect(event.data).toMatchObject({ manifestUrl: 'https://acme.example/a%00b%20%EF%BF%BD' });
  });
});

describe('announcementOf what is no new version', () => {
  const at = '2025-06-01T12:00:00Z';
  const told = { provider: 'acme', webhookId: 'msg_1', announcedAt: at };

  it.each([
    [
      { type: 'game.disabled', data: { game: 'slots', reason: 'a jackpot pays twice' } },
      { game: 'slots', version: null, markets: null, reason: 'a jackpot pays twice' },
    ],
    [
      {
        type: 'game.disabled',
        data: { game: 'slots', version: '1.1.0', markets: ['MT'], reason: 'no licence' },
      },
      { game: 'slots', version: '1.1.0', markets: ['MT'], reason: 'no licence' },
    ],
    [
      { type: 'game.certified', data: { game: 'slots', version: '1.1.0', markets: ['MT', 'US-NJ'] } },
      { game: 'slots', version: '1.1.0', markets: ['MT', 'US-NJ'], certificate: null, validUntil: null },
    ],
    [
      { type: 'release.revoked', data: { game: 'slots', version: '1.1.0', reason: 'wrong paytable' } },
      { game: 'slots', version: '1.1.0', reason: 'wrong paytable' },
    ],
  ])('tells the platform of %j', (announcement, data) => {
    const event = announcementOf(ProviderWebhook.parse({ timestamp: at, ...announcement }), origin);
    expect(event).toMatchObject({
      type: announcement.type,
      subject: 'acme/slots',
      data: { ...told, ...data },
    });
    expect(EVENTS[event.type as EventType].safeParse(event.data).success).toBe(true);
  });

  it('tells of a module by its name', () => {
    const release = { type: 'module.released', timestamp: at, module: 'wallet', version: '1.4.0' } as const;
    const event = announcementOf({ ...release, artifact: null, pipelineUrl: null }, origin);
    expect(event).toMatchObject({
      type: 'module.released',
      subject: 'acme/wallet',
      data: { module: 'wallet' },
    });
    expect(EVENTS['module.released'].safeParse(event.data).success).toBe(true);
  });

  it.each(['a\u0000b', 'half \ud83c of a pair', 'two\nlines', 'no'])('refuses the reason %j', (reason) => {
    const announcement = {
      type: 'release.revoked',
      timestamp: at,
      data: { game: 'slots', version: '1.1.0', reason },
    };
    expect(ProviderWebhook.safeParse(announcement).success).toBe(false);
  });

  it('names every event of one webhook by an id of its own', () => {
    const ids = [0, 1, 2].map((index) => announcementOf(webhook(), origin, index).id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(eventIdOf('acme', 'msg_1'));
  });
});
