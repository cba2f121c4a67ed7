import { randomBytes } from 'node:crypto';
import { EmbeddedBus } from '@croupier/messaging';
import { InProcessCache, startService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import { RunningAggregator } from '../../test/running-aggregator';
import { service } from '../service';

const MAPPING = `{
  "type": "game.updated",
  "timestamp": $fromMillis(at),
  "data": {"game": game, "version": build, "manifestUrl": url, "manifestSha256": hash}
}`;

describe('/v1/providers', () => {
  let database: FreshDatabase;
  let aggregator: RunningAggregator;

  beforeAll(async () => {
    database = await freshDatabase();
    aggregator = await RunningAggregator.start(database.url);
  });

  afterAll(async () => {
    await aggregator.stop();
    await database.drop();
  });

  const put = (name: string): request.Test => aggregator.operate('put', `/v1/providers/${name}`);
  const patch = (name: string): request.Test => aggregator.operate('patch', `/v1/providers/${name}`);
  const get = (name: string): request.Test => aggregator.operate('get', `/v1/providers/${name}`);
  const rotate = (name: string): request.Test => aggregator.operate('post', `/v1/providers/${name}/rotate`);
  const test = (name: string): request.Test => aggregator.operate('post', `/v1/providers/${name}/test`);

  async function storedSecrets(provider: string): Promise<number> {
    const [row] = await aggregator.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM provider_secrets WHERE provider = $1',
      [provider],
    );
    return row?.count ?? 0;
  }

  /** Whether a webhook signed with this secret is let in. */
  async function accepts(provider: string, secret: string): Promise<boolean> {
    const [id, now, body] = [`msg_${randomBytes(8).toString('hex')}`, new Date(), '{}'];
    const { status } = await aggregator.post(provider, body, {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    });
    return status !== 401;
  }

  describe('PUT', () => {
    it('creates a provider with a secret of its own, then rotates it', async () => {
      const created = await put('acme').send({});
      expect(created.status).toBe(201);
      expect(created.body).toEqual({ name: 'acme', secret: expect.stringMatching(/^whsec_/) });

      const rotated = await put('acme').send({});
      expect(rotated.status).toBe(200);
      expect(rotated.body.secret).not.toBe(created.body.secret);
    });

    it('needs no body', async () => {
      expect((await put('bodiless')).status).toBe(201);
    });

    it('takes a secret that is given, and rotating to it again changes nothing', async () => {
      const secret = `whsec_${randomBytes(24).toString('base64')}`;
      const answers = [await put('given').send({ secret }), await put('given').send({ secret })];
      expect(answers.map(({ status, body }) => [status, String(body.secret)])).toEqual([
        [201, secret],
        [200, secret],
      ]);
      expect(await storedSecrets('given')).toBe(1);
    });

    it('creates one provider when asked many times at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => put('crowded').send({})));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
      expect(await storedSecrets('crowded')).toBe(5);
    });

    it('keeps secrets sealed, and shows them nowhere again', async () => {
      const { body } = await put('sealed').send({ settings: { signature: { kind: 'github' } } });
      const secret = String(body.secret);
      const rows = await aggregator.dataSource.query<{ sealed: Buffer }[]>(
        'SELECT sealed FROM provider_secrets',
      );
      for (const { sealed } of rows) expect(sealed.includes(Buffer.from(secret))).toBe(false);
      for (const answer of [await aggregator.operate('get', '/v1/providers'), await get('sealed')])
        expect(answer.text).not.toContain(secret);
    });

    it.each([
      ['a secret that is too short', 'short', { secret: 'whsec_c2hvcnQ=' }, 'secret'],
      ['a name that is no slug', 'UPPER', {}, 'name'],
      [
        'a signature that is not known',
        'bad-1',
        { settings: { signature: { kind: 'md5' } } },
        'settings.signature.kind',
      ],
      [
        'a mapping that is no JSONata',
        'bad-2',
        { settings: { payload: { kind: 'jsonata', expression: '{"type":\n  games[' } } },
        'settings.payload.expression',
      ],
      [
        'an address that is none',
        'bad-3',
        { settings: { allowedAddresses: ['10.0.0.0/40'] } },
        'settings.allowedAddresses.0',
      ],
    ])('refuses %s, and creates nothing', async (_, name, body, field) => {
      const answer = await put(name).send(body);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toEqual([{ field, detail: expect.any(String) }]);
      expect((await get(name)).status).toBe(name === 'UPPER' ? 422 : 404);
    });

    it('refuses whoever has no token', async () => {
      expect((await request(aggregator.url).put('/v1/providers/acme').send({})).status).toBe(401);
      expect((await request(aggregator.url).get('/v1/providers')).status).toBe(401);
    });
  });

  describe('GET', () => {
    it('lists providers by name, a page at a time', async () => {
      await put('zeta-1').send({});
      await put('zeta-2').send({ settings: { payload: { kind: 'nexus' } } });
      const page = await aggregator.operate('get', '/v1/providers?after=zeta-1&limit=1');
      expect(page.status).toBe(200);
      expect(page.body).toEqual({
        providers: [
          {
            name: 'zeta-2',
            createdAt: expect.any(String),
            rotatedAt: expect.any(String),
            activeSecrets: 1,
            signature: 'standard-webhooks',
            payload: 'nexus',
            paused: false,
          },
        ],
      });
    });

    it('shows the settings of one, with every default', async () => {
      await put('shown').send({
        settings: { eventTypes: ['game.added'], rateLimit: { perSecond: 5, burst: 10 } },
      });
      const { body } = await get('shown');
      expect(body).toMatchObject({
        name: 'shown',
        settings: {
          signature: { kind: 'standard-webhooks', toleranceSeconds: 300 },
          payload: { kind: 'croupier' },
          eventTypes: ['game.added'],
          allowedAddresses: [],
          rateLimit: { perSecond: 5, burst: 10 },
          idHeader: null,
        },
        secrets: [{ createdAt: expect.any(String), validUntil: null }],
        paused: null,
      });
    });

    it('knows no other', async () => {
      const answer = await get('nobody');
      expect(answer.status).toBe(404);
      expect(answer.body.type).toMatch(/unknown-provider$/);
    });
  });

  describe('POST rotate', () => {
    it('takes the old secret beside the new one while they overlap', async () => {
      const old = await aggregator.provider('rotating');
      const { body } = await rotate('rotating').send({ overlapSeconds: 60 });
      expect([await accepts('rotating', old), await accepts('rotating', String(body.secret))]).toEqual([
        true,
        true,
      ]);
      const { body: view } = await get('rotating');
      expect(view.secrets).toEqual([
        { createdAt: expect.any(String), validUntil: null },
        { createdAt: expect.any(String), validUntil: expect.any(String) },
      ]);
    });

    it('ends every old secret at once when there is to be no overlap', async () => {
      const first = await aggregator.provider('leaked');
      const { body: second } = await rotate('leaked').send({});
      const { body: third } = await rotate('leaked').send({ overlapSeconds: 0 });
      expect(await accepts('leaked', first)).toBe(false);
      expect(await accepts('leaked', String(second.secret))).toBe(false);
      expect(await accepts('leaked', String(third.secret))).toBe(true);
    });

    it('says that a certificate has no secret', async () => {
      const { body } = await put('certified').send({
        settings: { signature: { kind: 'mtls', header: 'x-subject', subjects: ['CN=acme'] } },
      });
      expect(body).toEqual({ name: 'certified', secret: null });
      const answer = await rotate('certified').send({});
      expect(answer.status).toBe(409);
      expect(answer.body.type).toMatch(/provider-has-no-secret$/);
    });
  });

  describe('PATCH', () => {
    it('changes what is given and keeps the rest, the secret too', async () => {
      const secret = await aggregator.provider('changing', { rateLimit: { perSecond: 5, burst: 10 } });
      const before = (await get('changing')).body;
      const changed = await patch('changing').send({ allowedAddresses: ['127.0.0.0/8'] });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({
        settings: { ...before.settings, allowedAddresses: ['127.0.0.0/8'] },
        revision: before.revision + 1,
        secret: null,
      });
      expect(await accepts('changing', secret)).toBe(true);
    });

    it('draws a new secret for a signature that cannot use the old one, and ends the old one', async () => {
      await aggregator.provider('moving');
      const { body } = await patch('moving').send({ signature: { kind: 'github' } });
      expect(body.secret).toEqual(expect.stringMatching(/^[A-Za-z0-9_-]{43}$/));
      expect(body.secrets).toHaveLength(1);
    });

    it('knows a change that another process makes, within seconds', async () => {
      const secret = await aggregator.provider('remote');
      expect(await accepts('remote', secret)).toBe(true);
      await aggregator.dataSource.query(
        `UPDATE providers SET revision = revision + 1, paused_at = now(), pause_reason = 'by another' WHERE name = 'remote'`,
      );
      await eventually(
        async () => {
          const [id, now, body] = [`msg_${randomBytes(8).toString('hex')}`, new Date(), '{}'];
          const { status } = await aggregator.post('remote', body, {
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
            'webhook-signature': new Webhook(secret).sign(id, now, body),
          });
          return status === 503;
        },
        { timeoutMs: 15_000 },
      );
    });

    it('refuses what it does not know, and whom', async () => {
      expect((await patch('changing').send({ colour: 'red' })).status).toBe(422);
      expect((await patch('nobody').send({})).status).toBe(404);
    });
  });

  describe('POST test', () => {
    it.each([
      ['our own format', {}, 'game.version.announced'],
      ['GitLab CI', { signature: { kind: 'gitlab' }, payload: { kind: 'gitlab-ci' } }, 'module.released'],
      [
        'Jenkins',
        { signature: { kind: 'basic', username: 'ci' }, payload: { kind: 'jenkins' } },
        'module.released',
      ],
      [
        'Nexus',
        {
          signature: { kind: 'hmac', header: 'x-nexus-webhook-signature', digest: 'sha1' },
          payload: { kind: 'nexus' },
        },
        'module.released',
      ],
      [
        'Artifactory',
        {
          signature: { kind: 'bearer', header: 'x-jfrog-event-auth', prefix: '' },
          payload: { kind: 'artifactory' },
        },
        'module.released',
      ],
      [
        'an OCI registry',
        { signature: { kind: 'bearer' }, payload: { kind: 'oci-registry' } },
        'module.released',
      ],
      [
        'a certificate',
        { signature: { kind: 'mtls', header: 'x-subject', subjects: ['CN=a'] } },
        'game.version.announced',
      ],
    ])('sends a signed sample of %s the whole way, and releases nothing', async (name, settings, type) => {
      const provider = `test-${name.toLowerCase().replaceAll(' ', '-')}`;
      await aggregator.provider(provider, settings);
      const answer = await test(provider).send({});
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({
        outcome: 'accepted',
        events: [{ type, data: expect.any(Object) }],
      });
      await eventually(() => aggregator.published.some(({ id }) => id === answer.body.eventId));
      const heard = aggregator.published.filter(
        ({ data }) => (data as { provider: string }).provider === provider,
      );
      expect(heard).toMatchObject([{ type: 'webhook.tested', data: { types: [type] } }]);
      const kept = await aggregator.operate('get', `/v1/webhooks/${String(answer.body.eventId)}`);
      expect(kept.body).toMatchObject({ type: 'webhook.test', webhookId: answer.body.webhookId });
    });

    it('signs with Ed25519 although only the provider has the private key', async () => {
      const publicKey = `whpk_${randomBytes(32).toString('base64')}`;
      await aggregator.provider('asymmetric', {}, publicKey);
      expect((await test('asymmetric').send({})).body).toMatchObject({ outcome: 'accepted' });
    });

    it('takes a body of the provider, and may be sent again and while it is paused', async () => {
      await aggregator.provider('mapped', { payload: { kind: 'jsonata', expression: MAPPING } });
      await aggregator.operate('post', '/v1/providers/mapped/pause').send({ reason: 'not yet' });
      const payload = {
        at: 0,
        game: 'slots',
        build: '1.0.0',
        url: 'https://a.example/m.json',
        hash: 'a'.repeat(64),
      };
      const answers = [await test('mapped').send({ payload }), await test('mapped').send({ payload })];
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      expect(answers[0]?.body.events).toMatchObject([{ data: { game: 'slots', version: '1.0.0' } }]);
      expect((await test('mapped').send({})).body.errors).toMatchObject([{ field: 'payload' }]);
      const wrong = await test('mapped').send({ payload: { ...payload, build: 'latest' } });
      expect(wrong.status).toBe(422);
      expect(wrong.body).toMatchObject({
        type: expect.stringMatching(/mapping-failed$/),
        errors: [{ field: 'data.version' }],
      });
    });

    it('tells why a sample is ignored', async () => {
      await aggregator.provider('filtered', { eventTypes: ['game.certified'] });
      expect((await test('filtered').send({})).body).toMatchObject({
        outcome: 'ignored',
        reason: 'game.updated is not taken from this provider',
        events: [],
      });
    });
  });

  describe('POST /v1/mappings/dry-run', () => {
    const dryRun = (expression: string, payload: unknown): request.Test =>
      aggregator.operate('post', '/v1/mappings/dry-run').send({ expression, payload });

    it('shows what a mapping makes of a body', async () => {
      const payload = {
        at: 0,
        game: 'slots',
        build: '1.0.0',
        url: 'https://a.example/m.json',
        hash: 'a'.repeat(64),
      };
      expect((await dryRun(MAPPING, payload)).body).toEqual({
        outcome: 'mapped',
        webhooks: [
          {
            type: 'game.updated',
            timestamp: '1970-01-01T00:00:00.000Z',
            data: { game: 'slots', version: '1.0.0', manifestUrl: payload.url, manifestSha256: payload.hash },
          },
        ],
      });
      expect((await dryRun('{"ignore": "a heartbeat"}', {})).body).toEqual({
        outcome: 'ignored',
        reason: 'a heartbeat',
      });
    });

    it('shows where the expression is wrong', async () => {
      expect((await dryRun('{\n  "type": }', {})).body).toMatchObject({
        outcome: 'failed',
        code: 'S0211',
        at: { line: 2, column: 11 },
      });
    });

    it('shows what is wrong with the result, and the result', async () => {
      expect((await dryRun('{"type": "game.added", "f": function($x) { $x }}', {})).body).toMatchObject({
        outcome: 'failed',
        errors: expect.arrayContaining([{ field: 'timestamp', detail: expect.any(String) }]),
        result: { type: 'game.added' },
      });
    });
  });

  it.each([
    ['SECRETS_KEY', { SECRETS_KEY: '' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'everybody' }],
    ['WEBHOOK_RETENTION_DAYS', { WEBHOOK_RETENTION_DAYS: '0' }],
    ['WEBHOOK_ID_RETENTION_DAYS', { WEBHOOK_RETENTION_DAYS: '30', WEBHOOK_ID_RETENTION_DAYS: '29' }],
  ])('does not start when %s is wrong, and says so', async (name, change) => {
    const start = startService(service, {
      bus: new EmbeddedBus(),
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: 'operator-token-of-the-test',
        SERVICE_TOKEN: 'service-token-of-the-test',
        SECRETS_KEY: randomBytes(32).toString('base64'),
        ...change,
      },
    });
    await expect(start).rejects.toThrow(new RegExp(name));
  });
});
