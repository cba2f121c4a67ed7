import { createHmac, randomUUID } from 'node:crypto';
import type { CloudEvent } from '@croupier/contracts';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import type { Response } from 'supertest';
import { RunningAggregator } from '../../test/running-aggregator';
import { gitlabCiSample } from '../pipelines/gitlab-ci';
import { nexusSample } from '../pipelines/nexus';
import { ociRegistrySample } from '../pipelines/oci-registry';

const TEXT_SECRET = 'a-secret-of-the-test';

describe('a webhook that arrives', () => {
  let database: FreshDatabase;
  let aggregator: RunningAggregator;

  beforeAll(async () => {
    database = await freshDatabase();
    aggregator = await RunningAggregator.start(database.url, { TRUSTED_PROXIES: '127.0.0.1, ::1' });
  });

  afterAll(async () => {
    await aggregator.stop();
    await database.drop();
  });

  const announcement = (type: string, data: object): string =>
    JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  const revocation = (game = 'slots'): string =>
    announcement('release.revoked', { game, version: '1.1.0', reason: `withdrawn ${randomUUID()}` });

  function standardHeaders(secret: string, body: string, id = `msg_${randomUUID()}`): Record<string, string> {
    const now = new Date();
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new StandardWebhook(secret).sign(id, now, body),
    };
  }

  async function published({ body }: Response): Promise<CloudEvent> {
    const event = await eventually(() => aggregator.published.find(({ id }) => id === body.eventId));
    return event;
  }

  function problem({ status, body }: Response): [number, string] {
    return [status, String(body.type).replace('https://croupier.dev/problems/', '')];
  }

  describe('from the official client', () => {
    it.each([
      ['standardwebhooks', 'webhook', StandardWebhook],
      ['svix', 'svix', SvixWebhook],
    ] as const)('%s is accepted, and with any one bit changed refused', async (_, names, Client) => {
      const secret = await aggregator.provider(`official-${names}`);
      const body = revocation();
      const [id, now] = [`msg_${randomUUID()}`, new Date()];
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        [`${names}-id`]: id,
        [`${names}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
        [`${names}-signature`]: new Client(secret).sign(id, now, body),
      };
      const send = async (changed: Record<string, string>, payload: Buffer): Promise<number> => {
        const url = `/v1/webhooks/official-${names}`;
        return (await aggregator.fastify.inject({ method: 'POST', url, headers: changed, payload }))
          .statusCode;
      };
      const flipped = (text: string, bit: number): string => {
        const bytes = Buffer.from(text);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        return bytes.toString('latin1');
      };
      for (const name of Object.keys(headers).filter((header) => header.startsWith(names)))
        for (let bit = 0; bit < (headers[name] ?? '').length * 8; bit++) {
          const changed = { ...headers, [name]: flipped(headers[name] ?? '', bit) };
          expect([401, 400]).toContain(await send(changed, Buffer.from(body)));
        }
      for (let bit = 0; bit < body.length * 8; bit++) {
        const payload = Buffer.from(flipped(body, bit), 'latin1');
        expect(await send(headers, payload)).toBe(401);
      }
      expect(await send(headers, Buffer.from(body))).toBe(202);
    });
  });

  it.each([
    ['game.disabled', { game: 'slots', markets: ['MT'], reason: 'no licence any more' }],
    [
      'game.certified',
      { game: 'slots', version: '1.1.0', markets: ['MT', 'US-NJ'], certificate: 'GLI-19/7' },
    ],
    ['release.revoked', { game: 'slots', version: '1.1.0', reason: 'pays too much' }],
  ])('as %s is stored and published', async (type, data) => {
    const secret = await aggregator.provider('typed');
    const body = announcement(type, data);
    const answer = await aggregator.post('typed', body, standardHeaders(secret, body));
    expect(answer.status).toBe(202);
    expect(await published(answer)).toMatchObject({
      type,
      subject: 'typed/slots',
      data: { provider: 'typed', ...data },
    });
  });

  it('of a type that is not taken from its provider is ignored with a reason, and nothing is stored', async () => {
    const secret = await aggregator.provider('selective', { eventTypes: ['game.added', 'game.updated'] });
    const body = revocation();
    const headers = standardHeaders(secret, body, 'msg_selective');
    const answer = await aggregator.post('selective', body, headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      webhookId: 'msg_selective',
      ignored: 'release.revoked is not taken from this provider',
    });
    const kept = await aggregator.operate('get', '/v1/webhooks?provider=selective');
    expect(kept.body.webhooks).toEqual([]);
  });

  it('from an address that is not allowed is refused, whatever the client writes into X-Forwarded-For', async () => {
    const secret = await aggregator.provider('listed', { allowedAddresses: ['203.0.113.0/24'] });
    const from = async (forwardedFor: string): Promise<[number, string]> => {
      const body = revocation();
      const headers = { ...standardHeaders(secret, body), 'x-forwarded-for': forwardedFor };
      return problem(await aggregator.post('listed', body, headers));
    };
    expect((await from('203.0.113.9'))[0]).toBe(202);
    expect(await from('198.51.100.1')).toEqual([403, 'address-not-allowed']);
    expect(await from('203.0.113.9, 198.51.100.1')).toEqual([403, 'address-not-allowed']);
  });

  it('beyond the rate is told when to come again, and strangers use up none of it', async () => {
    const secret = await aggregator.provider('fast', { rateLimit: { perSecond: 0.1, burst: 2 } });
    const stranger = await aggregator.provider('stranger');
    const send = (signedBy: string): Promise<Response> => {
      const body = revocation();
      return Promise.resolve(aggregator.post('fast', body, standardHeaders(signedBy, body)));
    };
    for (let count = 0; count < 5; count++) expect((await send(stranger)).status).toBe(401);
    expect([(await send(secret)).status, (await send(secret)).status]).toEqual([202, 202]);
    const refused = await send(secret);
    expect(problem(refused)).toEqual([429, 'too-many-webhooks']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('while its provider is paused is told to come again, and is accepted once it is resumed', async () => {
    const secret = await aggregator.provider('pausing');
    const body = revocation();
    const headers = standardHeaders(secret, body);
    await aggregator.operate('post', '/v1/providers/pausing/pause').send({ reason: 'they move house' });
    const refused = await aggregator.post('pausing', body, headers);
    expect(problem(refused)).toEqual([503, 'provider-paused']);
    expect(refused.headers['retry-after']).toBe('300');
    expect(refused.body.detail).toBe('they move house');
    expect(problem(await aggregator.post('pausing', body, {}))[0]).toBe(400);
    const resumed = await aggregator.operate('post', '/v1/providers/pausing/resume');
    expect(resumed.body.paused).toBeNull();
    expect((await aggregator.post('pausing', body, headers)).status).toBe(202);
  });

  it('without a signed id is known again by its content, under whatever id it comes', async () => {
    await aggregator.provider('hub', { signature: { kind: 'github' } }, TEXT_SECRET);
    const body = revocation();
    const signature = `sha256=${createHmac('sha256', TEXT_SECRET).update(body).digest('hex')}`;
    const send = (id: string): Promise<Response> =>
      Promise.resolve(
        aggregator.post('hub', body, { 'x-hub-signature-256': signature, 'x-github-delivery': id }),
      );
    const [first, replayed] = [await send('delivery-1'), await send('delivery-2')];
    expect(first.body).toMatchObject({ webhookId: 'delivery-1', duplicate: false });
    expect(replayed.body).toMatchObject({ duplicate: true, eventId: first.body.eventId });
    expect(problem(await send('no id'))).toEqual([400, 'missing-webhook-headers']);
  });

  it('proven by a client certificate is accepted from a trusted proxy alone', async () => {
    const settings = { signature: { kind: 'mtls', header: 'x-client-subject', subjects: ['CN=acme'] } };
    await aggregator.provider('certain', settings);
    const inject = async (remoteAddress: string, subject: string): Promise<number> => {
      const { statusCode } = await aggregator.fastify.inject({
        method: 'POST',
        url: '/v1/webhooks/certain',
        remoteAddress,
        headers: { 'content-type': 'application/json', 'x-client-subject': subject },
        payload: revocation(),
      });
      return statusCode;
    };
    expect(await inject('127.0.0.1', 'CN=acme')).toBe(202);
    expect(await inject('127.0.0.1', 'CN=other')).toBe(401);
    expect(await inject('198.51.100.1', 'CN=acme')).toBe(400);
  });

  it('in a format of the provider is mapped, and one body may be several events', async () => {
    const expression = `
      event = "revoked" ? games.{
        "type": "release.revoked",
        "timestamp": $$.at,
        "data": {"game": $lowercase(code), "version": version, "reason": $$.why}
      }`;
    await aggregator.provider(
      'mapper',
      { signature: { kind: 'bearer' }, payload: { kind: 'jsonata', expression } },
      TEXT_SECRET,
    );
    const headers = { authorization: `Bearer ${TEXT_SECRET}` };
    const send = (body: object): Promise<Response> =>
      Promise.resolve(aggregator.post('mapper', JSON.stringify(body), headers));
    const games = [
      { code: 'Slots', version: '1.0.0' },
      { code: 'Dice', version: '2.0.0' },
    ];
    const at = new Date().toISOString();
    const answer = await send({ event: 'revoked', at, why: 'a wrong paytable', games });
    expect(answer.status).toBe(202);
    await published(answer);
    await eventually(
      () =>
        aggregator.published.filter(({ data }) => (data as { provider: string }).provider === 'mapper')
          .length === 2,
    );
    expect(await send({ event: 'ping' })).toMatchObject({
      status: 200,
      body: { ignored: expect.any(String) },
    });
    const wrong = await send({ event: 'revoked', at, why: 'no', games });
    expect(problem(wrong)).toEqual([422, 'mapping-failed']);
    expect(wrong.body.errors[0].field).toBe('0.data.reason');
  });

  describe('from a pipeline', () => {
    it('of GitLab CI releases a module', async () => {
      await aggregator.provider(
        'gitlab',
        {
          signature: { kind: 'gitlab' },
          payload: { kind: 'gitlab-ci', image: 'r.example/{module}:{version}' },
        },
        TEXT_SECRET,
      );
      const headers = {
        'x-gitlab-token': TEXT_SECRET,
        'x-gitlab-event': 'Pipeline Hook',
        'idempotency-key': randomUUID(),
      };
      const answer = await aggregator.post('gitlab', JSON.stringify(gitlabCiSample), headers);
      expect(answer.body.webhookId).toBe(headers['idempotency-key']);
      expect(await published(answer)).toMatchObject({
        type: 'module.released',
        subject: 'gitlab/wallet',
        data: { version: '1.4.0', artifact: { kind: 'image', reference: 'r.example/wallet:1.4.0' } },
      });
      const running = {
        ...gitlabCiSample,
        object_attributes: { ...gitlabCiSample.object_attributes, status: 'running' },
      };
      const ignored = await aggregator.post('gitlab', JSON.stringify(running), headers);
      expect([ignored.status, ignored.body.ignored]).toEqual([200, "the pipeline's status is running"]);
    });

    it('of Nexus Repository is proven by its HMAC-SHA1 and named by its delivery', async () => {
      await aggregator.provider(
        'nexus',
        {
          signature: { kind: 'hmac', header: 'x-nexus-webhook-signature', digest: 'sha1' },
          payload: { kind: 'nexus' },
        },
        TEXT_SECRET,
      );
      const body = JSON.stringify(nexusSample);
      const answer = await aggregator.post('nexus', body, {
        'x-nexus-webhook-signature': createHmac('sha1', TEXT_SECRET).update(body).digest('hex'),
        'x-nexus-webhook-delivery': '7f4a6dde-5c68-4999-bcc0-a62f3fb8ae48',
      });
      expect(answer.body).toMatchObject({
        webhookId: '7f4a6dde-5c68-4999-bcc0-a62f3fb8ae48',
        duplicate: false,
      });
      expect(await published(answer)).toMatchObject({ type: 'module.released', data: { module: 'wallet' } });
    });

    it('of an OCI registry comes under a media type of its own', async () => {
      await aggregator.provider(
        'registry',
        { signature: { kind: 'bearer' }, payload: { kind: 'oci-registry' } },
        TEXT_SECRET,
      );
      const send = (): Promise<Response> =>
        Promise.resolve(
          aggregator.post('registry', JSON.stringify(ociRegistrySample), {
            authorization: `Bearer ${TEXT_SECRET}`,
            'content-type': 'application/vnd.docker.distribution.events.v2+json',
          }),
        );
      const answer = await send();
      expect(answer.body.webhookId).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await published(answer)).toMatchObject({
        data: { artifact: { reference: 'registry.example.com/platform/wallet:1.4.0' } },
      });
      expect((await send()).body).toMatchObject({ duplicate: true });
    });

    it('is refused when it has not the documented shape', async () => {
      await aggregator.provider(
        'shapeless',
        { signature: { kind: 'bearer' }, payload: { kind: 'jenkins' } },
        TEXT_SECRET,
      );
      const answer = await aggregator.post('shapeless', '{"name":"wallet","build":{}}', {
        authorization: `Bearer ${TEXT_SECRET}`,
      });
      expect(problem(answer)).toEqual([422, 'invalid-request']);
      expect(answer.body.errors).toMatchObject([{ field: 'build.phase' }]);
    });
  });
});
