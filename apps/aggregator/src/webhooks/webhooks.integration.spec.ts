import { randomBytes, randomUUID } from 'node:crypto';
import type { CloudEvent } from '@croupier/contracts';
import { EmbeddedBus } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from '../service';

const OPERATOR = 'Bearer operator-token-of-the-test';
const PROBLEMS = 'https://croupier.dev/problems/';

interface Parts {
  provider: string;
  id: string;
  sentAt: Date;
  body: string;
  secret: string;
  headers: Record<string, string>;
}

describe('POST /v1/webhooks/{provider}', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let bus: EmbeddedBus;
  let running: RunningService;
  let secret: string;
  const published: CloudEvent[] = [];

  beforeAll(async () => {
    database = await freshDatabase();
    bus = new EmbeddedBus();
    await bus.subscribe('registry', ['game.version.announced'], async (event) => void published.push(event));
    running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR.slice('Bearer '.length),
        SERVICE_TOKEN: 'service-token-of-the-test',
        SECRETS_KEY: randomBytes(32).toString('base64'),
      },
    });
    dataSource = await openDataSource({
      url: database.url,
      schema: 'aggregator',
      migrations: [],
      poolSize: 1,
    });
    secret = await putProvider('acme');
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await dataSource.destroy();
    await database.drop();
  });

  async function putProvider(name: string, body: object = {}): Promise<string> {
    const answer = await request(running.url)
      .put(`/v1/providers/${name}`)
      .set('authorization', OPERATOR)
      .send(body);
    return String(answer.body.secret);
  }

  function payload(change: Record<string, unknown> = {}): string {
    return JSON.stringify({
      type: 'game.added',
      timestamp: new Date().toISOString(),
      data: {
        game: 'slots',
        version: '1.1.0',
        manifestUrl: 'http://127.0.0.1:1/manifest.json',
        manifestSha256: 'a'.repeat(64),
        ...change,
      },
    });
  }

  function send(parts: Partial<Parts> = {}): request.Test {
    const {
      provider,
      id,
      sentAt,
      body,
      secret: key,
      headers,
    } = {
      provider: 'acme',
      id: `msg_${randomUUID()}`,
      sentAt: new Date(),
      body: payload(),
      secret,
      headers: {},
      ...parts,
    };
    return request(running.url)
      .post(`/v1/webhooks/${provider}`)
      .set({
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': new Webhook(key).sign(id, sentAt, body),
        ...headers,
      })
      .send(body);
  }

  /** What is stored and what is published, once everything is that waits for it. */
  async function counts(): Promise<{ webhooks: number; events: number }> {
    const rows = await eventually(async () => {
      const [row] = await dataSource.query<{ webhooks: number; pending: number }[]>(
        `SELECT (SELECT count(*)::int FROM webhooks) AS webhooks, (SELECT count(*)::int FROM outbox) AS pending`,
      );
      return row?.pending === 0 && row;
    });
    return { webhooks: rows.webhooks, events: published.length };
  }

  function publishedEvent(eventId: unknown): Promise<CloudEvent> {
    return eventually(() => published.find(({ id }) => id === eventId));
  }

  it('answers 202 when the webhook and its event are stored, and the event is published', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const body = payload({ version: '1.0.0-rc.1' });
    const answer = await send({ id: 'msg_first', body, headers: { traceparent } });

    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ webhookId: 'msg_first', eventId: expect.any(String), duplicate: false });
    const { eventId } = answer.body as { eventId: string };
    const [stored] = await dataSource.query<{ body: Buffer }[]>(
      'SELECT body FROM webhooks WHERE event_id = $1',
      [eventId],
    );
    expect(stored?.body.toString()).toBe(body);
    expect(await publishedEvent(eventId)).toMatchObject({
      type: 'game.version.announced',
      subject: 'acme/slots',
      traceparent,
      data: { provider: 'acme', version: '1.0.0-rc.1', change: 'added', webhookId: 'msg_first' },
    });
  });

  it('makes one event of the same webhook sent 50 times at once', async () => {
    const before = await counts();
    const parts = { id: 'msg_fifty', sentAt: new Date(), body: payload() };
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(parts)));

    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(202));
    expect(answers.filter(({ body }) => body.duplicate === false)).toHaveLength(1);
    const eventIds = new Set(answers.map(({ body }) => String(body.eventId)));
    expect(eventIds.size).toBe(1);
    expect(await counts()).toEqual({ webhooks: before.webhooks + 1, events: before.events + 1 });
    const [eventId = ''] = eventIds;
    expect(published.filter(({ id }) => id === eventId)).toHaveLength(1);
  });

  it('tells webhooks of different providers with the same id apart', async () => {
    const parts = { id: 'msg_shared', body: payload() };
    const other = await putProvider('other');
    const answers = [await send(parts), await send({ ...parts, provider: 'other', secret: other })];
    expect(answers.map(({ body }) => Boolean(body.duplicate))).toEqual([false, false]);
  });

  const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
  const foreign = `whsec_${randomBytes(32).toString('base64')}`;
  const refusals: [
    name: string,
    parts: () => Partial<Parts>,
    status: number,
    slug: string,
    fields: string[],
  ][] = [
    ['of an unknown provider', () => ({ provider: 'nobody' }), 404, 'unknown-provider', []],
    ['of a provider that no name can be', () => ({ provider: 'a%00b' }), 404, 'unknown-provider', []],
    [
      'without its headers',
      () => ({ headers: { 'webhook-id': '', 'webhook-signature': '' } }),
      400,
      'missing-webhook-headers',
      ['webhook-id', 'webhook-signature'],
    ],
    [
      'with a timestamp that is no number',
      () => ({ headers: { 'webhook-timestamp': 'now' } }),
      400,
      'missing-webhook-headers',
      ['webhook-timestamp'],
    ],
    [
      'that is too old',
      () => ({ sentAt: minutes(-6) }),
      401,
      'webhook-timestamp-outside-window',
      ['webhook-timestamp'],
    ],
    [
      'from the future',
      () => ({ sentAt: minutes(6) }),
      401,
      'webhook-timestamp-outside-window',
      ['webhook-timestamp'],
    ],
    [
      'signed with another secret',
      () => ({ secret: foreign }),
      401,
      'webhook-signature-mismatch',
      ['webhook-signature'],
    ],
    ['that is not JSON', () => ({ body: '{"type": "game.added",' }), 400, 'malformed-json', []],
    ['that is not UTF-8 JSON but empty', () => ({ body: '' }), 400, 'malformed-json', []],
    [
      'without a version',
      () => ({ body: payload({ version: undefined }) }),
      422,
      'invalid-request',
      ['data.version'],
    ],
    [
      'with a version that is not SemVer',
      () => ({ body: payload({ version: 'v1' }) }),
      422,
      'invalid-request',
      ['data.version'],
    ],
    [
      'of an unknown type',
      () => ({ body: payload().replace('game.added', 'game.x') }),
      422,
      'invalid-request',
      ['type'],
    ],
    [
      'over 256 KiB',
      () => ({ body: payload({ padding: 'x'.repeat(256 * 1024) }) }),
      413,
      'body-too-large',
      [],
    ],
    [
      'of another content type',
      () => ({ headers: { 'content-type': 'application/xml' } }),
      415,
      'unsupported-media-type',
      [],
    ],
  ];

  it.each(refusals)(
    'refuses a webhook %s, and stores and publishes nothing',
    async (_, parts, status, slug, fields) => {
      const before = await counts();
      const answer = await send(parts());

      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ type: PROBLEMS + slug, status, remedy: expect.any(String) });
      expect(((answer.body.errors ?? []) as { field: string }[]).map(({ field }) => field)).toEqual(fields);
      expect(await counts()).toEqual(before);
    },
  );

  it('takes the old secret as well as the new one after a rotation', async () => {
    const old = await putProvider('rotating');
    expect((await send({ provider: 'rotating', secret: old })).status).toBe(202);
    const rotated = await putProvider('rotating');

    expect(rotated).not.toBe(old);
    expect((await send({ provider: 'rotating', secret: rotated })).status).toBe(202);
    expect((await send({ provider: 'rotating', secret: old })).status).toBe(202);
  });

  it('counts webhooks by outcome', async () => {
    await send({ secret: foreign });
    const { text } = await request(running.url).get('/metrics');
    for (const outcome of ['accepted', 'duplicate', 'webhook-signature-mismatch'])
      expect(text).toMatch(new RegExp(`webhooks_received_total\\{outcome="${outcome}",.*\\} [1-9]`));
  });

  it('describes itself', async () => {
    const { body } = await request(running.url).get('/openapi.json');
    expect(Object.keys(body.paths as object)).toEqual(
      expect.arrayContaining(['/v1/webhooks/{provider}', '/v1/providers', '/v1/providers/{name}']),
    );
  });
});
