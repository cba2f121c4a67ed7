import { createHash, randomUUID } from 'node:crypto';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import { RunningAggregator } from '../../test/running-aggregator';
import { WebhookPartitions } from './webhook-partitions';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('accepted webhooks', () => {
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

  const revocation = (reason: string, game = 'slots'): string =>
    JSON.stringify({
      type: 'release.revoked',
      timestamp: '2026-01-31T12:00:00Z',
      data: { game, version: '1.1.0', reason },
    });

  async function send(
    body: string,
    id = `msg_${randomUUID()}`,
    provider = 'acme',
    key = secret,
  ): Promise<string> {
    const now = new Date();
    const { status, body: answer } = await aggregator.post(provider, body, {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(key).sign(id, now, body),
    });
    expect(status).toBe(202);
    return String(answer.eventId);
  }

  const list = (query: string): request.Test => aggregator.operate('get', `/v1/webhooks?${query}`);
  const get = (id: string): request.Test => aggregator.operate('get', `/v1/webhooks/${id}`);
  const redeliver = (id: string, body: object): request.Test =>
    aggregator.operate('post', `/v1/webhooks/${id}/redeliver`).send(body);

  describe('GET', () => {
    it('shows one to the byte', async () => {
      const body = revocation('pays in \u20ac and \u{1f3b0}');
      const id = await send(body, 'msg_to_the_byte');
      const answer = await get(id);
      expect(answer.body).toEqual({
        id,
        provider: 'acme',
        webhookId: 'msg_to_the_byte',
        type: 'release.revoked',
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        sizeBytes: Buffer.byteLength(body),
        body,
        sha256: createHash('sha256').update(body).digest('hex'),
      });
    });

    it('finds them by provider, type, id, time and text', async () => {
      const other = await aggregator.provider('searched');
      const sent = [
        await send(revocation('first of three'), 'msg_a', 'searched', other),
        await send(revocation('second of three'), 'msg_b', 'searched', other),
        await send(revocation('third of three'), 'msg_c', 'searched', other),
      ];
      const ids = async (query: string): Promise<string[]> => {
        const { body } = await list(`provider=searched&${query}`);
        return (body.webhooks as { id: string }[]).map(({ id }) => id);
      };
      expect(await ids('')).toEqual([...sent].reverse());
      expect(await ids('type=release.revoked&limit=1')).toEqual([sent[2]]);
      expect(await ids('type=game.added')).toEqual([]);
      expect(await ids('webhookId=msg_b')).toEqual([sent[1]]);
      expect(await ids('contains=second%20of')).toEqual([sent[1]]);
      const { receivedAt } = (await get(sent[1] ?? '')).body as { receivedAt: string };
      expect(await ids(`since=${receivedAt}`)).toEqual([sent[2], sent[1]]);
      expect(await ids(`until=${receivedAt}`)).toEqual([sent[0]]);
    });

    it('pages through all of them, each once, although many have the same time', async () => {
      const many = await aggregator.provider('many');
      const sent = await Promise.all(
        Array.from({ length: 25 }, (_, index) =>
          send(revocation(`number ${index}`), `msg_${index}`, 'many', many),
        ),
      );
      const seen: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const { body } = await list(`provider=many&limit=4${next === '' ? '' : `&after=${next}`}`);
        seen.push(...(body.webhooks as { id: string }[]).map(({ id }) => id));
        next = body.next as string | null;
      }
      expect(seen).toHaveLength(25);
      expect(new Set(seen)).toEqual(new Set(sent));
    });

    it.each([
      ['after=nonsense', 'after'],
      [`after=${Buffer.from('["2026-01-01T00:00:00Z","x"]').toString('base64url')}`, 'after'],
      ['since=yesterday', 'since'],
      ['limit=1000', 'limit'],
      ['contains=%00', 'contains'],
      ['provider=UPPER', 'provider'],
    ])('refuses ?%s', async (query, field) => {
      const answer = await list(query);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toMatchObject([{ field }]);
    });

    it('is for operators alone', async () => {
      const id = await send(revocation('is secret'));
      for (const path of ['/v1/webhooks', `/v1/webhooks/${id}`])
        expect((await request(aggregator.url).get(path)).status).toBe(401);
      expect((await request(aggregator.url).post(`/v1/webhooks/${id}/redeliver`).send({})).status).toBe(401);
    });

    it('knows no other', async () => {
      const answer = await get(randomUUID());
      expect(answer.status).toBe(404);
      expect(answer.body.type).toMatch(/unknown-webhook$/);
    });
  });

  describe('POST redeliver', () => {
    it('publishes the same event once more', async () => {
      const id = await send(revocation('was missed'));
      await eventually(() => aggregator.published.some((event) => event.id === id));
      const answer = await redeliver(id, { reason: 'the consumer was broken' });
      expect(answer.status).toBe(202);
      expect(answer.body).toEqual({ id, events: [{ id, type: 'release.revoked' }] });
      await eventually(() => aggregator.published.filter((event) => event.id === id).length === 2);
      const [first, second] = aggregator.published.filter((event) => event.id === id);
      expect(second?.data).toEqual(first?.data);
    });

    it('publishes it as a new event when everybody is to work on it again', async () => {
      const id = await send(revocation('is to be done again'));
      const { body } = await redeliver(id, { reason: 'the registry was restored', asNew: true });
      const [event] = body.events as { id: string }[];
      expect(event?.id).not.toBe(id);
      await eventually(() => aggregator.published.some((published) => published.id === event?.id));
    });

    it('reads it as the provider is set up now', async () => {
      const mapped = await aggregator.provider('remapped');
      const id = await send(revocation('is mapped later'), 'msg_remapped', 'remapped', mapped);
      await aggregator.operate('patch', '/v1/providers/remapped').send({
        payload: { kind: 'jsonata', expression: '$merge([$, {"data": $merge([data, {"game": "dice"}])}])' },
      });
      await redeliver(id, { reason: 'the game was renamed', asNew: true });
      await eventually(() => aggregator.published.some(({ subject }) => subject === 'remapped/dice'));
      await aggregator.operate('patch', '/v1/providers/remapped').send({ eventTypes: ['game.added'] });
      const answer = await redeliver(id, { reason: 'once more' });
      expect(answer.status).toBe(409);
      expect(answer.body.type).toMatch(/nothing-to-redeliver$/);
    });

    it('never makes a sample genuine', async () => {
      const { body: sample } = await aggregator.operate('post', '/v1/providers/acme/test').send({});
      const answer = await redeliver(String(sample.eventId), { reason: 'by mistake' });
      expect(answer.status).toBe(409);
      expect(answer.body.type).toMatch(/nothing-to-redeliver$/);
    });

    it.each([[{}], [{ reason: 'x' }], [{ reason: 'fine', asNew: 'yes' }]])('refuses %j', async (body) => {
      expect((await redeliver(randomUUID(), body)).status).toBe(422);
    });

    it('knows no other', async () => {
      expect((await redeliver(randomUUID(), { reason: 'not there' })).status).toBe(404);
    });
  });

  describe('partitions', () => {
    const names = async (): Promise<string[]> => {
      const rows = await aggregator.dataSource.query<{ name: string }[]>(
        `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
          WHERE inhparent = 'webhooks'::regclass ORDER BY relname`,
      );
      return rows.map(({ name }) => name);
    };
    const countIn = async (table: string): Promise<number> => {
      const [row] = await aggregator.dataSource.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM ${table}`,
      );
      return row?.count ?? -1;
    };
    const nameOf = (time: Date): string => `webhooks_${time.toISOString().slice(0, 10).replaceAll('-', '')}`;

    it('of today and the week ahead are there from the start', async () => {
      const expected = Array.from({ length: 8 }, (_, day) => nameOf(new Date(Date.now() + day * DAY_MS)));
      await eventually(async () => (await names()).length >= 9);
      expect(await names()).toEqual(expect.arrayContaining([...expected, 'webhooks_rest']));
    });

    it('take over what arrived before they were made', async () => {
      const partitions = new WebhookPartitions(aggregator.dataSource);
      const day = new Date(Date.now() + 20 * DAY_MS);
      await aggregator.dataSource.query(
        `INSERT INTO webhooks (provider, webhook_id, event_id, type, body, received_at)
         VALUES ('acme', 'msg_early', $1, 'release.revoked', '\\x7b7d', $2)`,
        [randomUUID(), day],
      );
      expect(await countIn('webhooks_rest')).toBe(1);
      await partitions.create(new Date(day.getTime() - 2 * DAY_MS));
      expect([await countIn('webhooks_rest'), await countIn(nameOf(day))]).toEqual([0, 1]);
    });

    it('go as a whole once they have been kept long enough, and a repeat is known still', async () => {
      const partitions = new WebhookPartitions(aggregator.dataSource);
      const body = revocation('is old');
      const id = await send(body, 'msg_old');
      await partitions.drop(new Date());
      expect((await get(id)).status).toBe(200);

      expect(await partitions.drop(new Date(Date.now() + DAY_MS))).toContain(nameOf(new Date()));
      expect((await get(id)).status).toBe(404);
      expect(await names()).not.toContain(nameOf(new Date()));
      expect(await send(body, 'msg_old')).toBe(id);
      expect((await list('webhookId=msg_old')).body.webhooks).toEqual([]);
    });

    it('leave what came into the table of the rest no longer than the others', async () => {
      const partitions = new WebhookPartitions(aggregator.dataSource);
      await aggregator.dataSource.query(
        `INSERT INTO webhooks (provider, webhook_id, event_id, type, body, received_at)
         VALUES ('acme', 'msg_ancient', $1, 'release.revoked', '\\x7b7d', now() - interval '1000 days')`,
        [randomUUID()],
      );
      await partitions.drop(new Date(Date.now() - 30 * DAY_MS));
      expect((await list('webhookId=msg_ancient')).body.webhooks).toEqual([]);
    });

    it('outlive ids for a time of their own', async () => {
      const partitions = new WebhookPartitions(aggregator.dataSource);
      await aggregator.dataSource.query(
        `INSERT INTO webhook_ids (provider, webhook_id, event_id, received_at)
         VALUES ('acme', 'msg_forgotten', $1, now() - interval '500 days'),
                ('acme', 'msg_known', $2, now() - interval '300 days')`,
        [randomUUID(), randomUUID()],
      );
      await partitions.forgetIds(new Date(Date.now() - 400 * DAY_MS));
      const rows = await aggregator.dataSource.query<{ webhook_id: string }[]>(
        `SELECT webhook_id FROM webhook_ids WHERE webhook_id IN ('msg_forgotten', 'msg_known')`,
      );
      expect(rows).toEqual([{ webhook_id: 'msg_known' }]);
    });

    it('are made once when several replicas start together', async () => {
      const partitions = new WebhookPartitions(aggregator.dataSource);
      const later = new Date(Date.now() + 40 * DAY_MS);
      await Promise.all([partitions.create(later), partitions.create(later), partitions.drop(new Date(0))]);
      expect(await names()).toContain(nameOf(later));
    });
  });
});
