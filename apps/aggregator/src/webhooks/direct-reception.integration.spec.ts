import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Webhook } from 'standardwebhooks';
import { RunningAggregator } from '../../test/running-aggregator';

const BODY = JSON.stringify({
  type: 'game.added',
  timestamp: '2026-01-31T12:00:00Z',
  data: {
    game: 'lucky-sevens',
    version: '1.0.0',
    manifestUrl: 'https://cdn.acme.example/lucky-sevens/1.0.0/manifest.json',
    manifestSha256: 'a'.repeat(64),
  },
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly body: unknown;
}

describe('webhooks received ahead of the router', () => {
  let database: FreshDatabase;
  let aggregator: RunningAggregator;
  let secret: string;

  beforeAll(async () => {
    database = await freshDatabase();
    aggregator = await RunningAggregator.start(database.url);
    secret = await aggregator.provider('acme');
  });

  afterAll(async () => {
    await aggregator.stop();
    await database.drop();
  });

  function signed(id: string, body: string): Record<string, string> {
    const now = new Date();
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    };
  }

  async function post(path: string, headers: Record<string, string>, body: string): Promise<Answer> {
    const answer = await fetch(aggregator.url + path, { method: 'POST', headers, body });
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      retryAfter: answer.headers.get('retry-after'),
      body: await answer.json(),
    };
  }

  it.each([
    ['accepted', {}, BODY],
    ['of no JSON', {}, '{"type":'],
    ['of a type that is not known', {}, '{"type":"game.sold","timestamp":"2026-01-31T12:00:00Z","data":{}}'],
    ['badly signed', { 'webhook-signature': 'v1,AAAA' }, BODY],
    ['without an id', { 'webhook-id': '' }, BODY],
    ['stale', { 'webhook-timestamp': '1700000000' }, BODY],
  ])('are answered as the router answers them: one %s', async (name, changed, body) => {
    const id = `msg_${name.replaceAll(' ', '_')}`;
    // A query takes a request to the router.
    const [direct, routed] = [
      await post('/v1/webhooks/acme', { ...signed(id, body), ...changed }, body),
      await post('/v1/webhooks/acme?', { ...signed(id, body), ...changed }, body),
    ];
    const once = { ...(direct.body as object), ...(direct.status === 202 ? { duplicate: true } : {}) };
    expect({ ...direct, body: once }).toEqual(routed);
  });

  it('are answered alike when nobody knows the provider', async () => {
    const [direct, routed] = [
      await post('/v1/webhooks/nobody', signed('msg_1', BODY), BODY),
      await post('/v1/webhooks/nobody?', signed('msg_1', BODY), BODY),
    ];
    expect(direct).toEqual(routed);
    expect(direct.status).toBe(404);
  });

  it('may come in any number of pieces', async () => {
    const body = JSON.stringify({ ...(JSON.parse(BODY) as object), padding: 'x'.repeat(200_000) });
    const answer = await post('/v1/webhooks/acme', signed('msg_long', body), body);
    expect(answer).toMatchObject({ status: 202, body: { webhookId: 'msg_long', duplicate: false } });
  });

  it('count as requests of their route', async () => {
    const metrics = await (await fetch(`${aggregator.url}/metrics`)).text();
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{service="aggregator",method="POST",route="\/v1\/webhooks\/:provider",status="202"\} [1-9]/,
    );
  });
});
