import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { aggregatorMigrations } from '@croupier/migrations';
import { newEvent } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { AggregatorConfig } from '../aggregator-config';
import { eventIdOf } from './event-id';
import type { ReceivedWebhook } from './received-webhook';
import { WebhookAcceptance } from './webhook-acceptance';
import { WebhookRepository, type WebhookToStore } from './webhook-repository';

const SECRETS_KEY = randomBytes(32).toString('base64');

function webhookOf(change: Partial<ReceivedWebhook> = {}, events = 1): WebhookToStore {
  const webhook: ReceivedWebhook = {
    provider: 'acme',
    webhookId: `msg_${randomUUID()}`,
    type: 'game.added',
    body: Buffer.from(`{"content":"${randomUUID()} \u{1f3b0}\\u0000"}`),
    contentSha256: undefined,
    ...change,
  };
  const tested = Array.from({ length: events }, (_, index) =>
    newEvent(
      'webhook.tested',
      { provider: webhook.provider, webhookId: webhook.webhookId, types: [] },
      { source: 'croupier/aggregator', id: eventIdOf(webhook.provider, webhook.webhookId, index) },
    ),
  );
  return { webhook, events: tested as unknown as WebhookToStore['events'] };
}

function sha256(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

describe('the acceptance of webhooks', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let repository: WebhookRepository;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'aggregator',
      migrations: aggregatorMigrations,
    });
    repository = new WebhookRepository(dataSource);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  function open(variables: Record<string, string> = {}, webhooks = repository): WebhookAcceptance {
    return new WebhookAcceptance(webhooks, new AggregatorConfig({ SECRETS_KEY, ...variables }));
  }

  function acceptAll(acceptance: WebhookAcceptance, given: readonly WebhookToStore[]) {
    return Promise.allSettled(given.map(({ webhook, events }) => acceptance.accept(webhook, events)));
  }

  async function rowsOf({ webhook, events }: WebhookToStore): Promise<Record<string, unknown>> {
    const [row] = await dataSource.query<Record<string, unknown>[]>(
      `SELECT (SELECT count(*)::int FROM webhook_ids WHERE provider = $1 AND webhook_id = $2) AS ids,
              (SELECT count(*)::int FROM webhooks WHERE provider = $1 AND webhook_id = $2 AND body = $3) AS bodies,
              (SELECT json_agg(event ORDER BY sequence) FROM outbox WHERE id = ANY ($4::uuid[])) AS events`,
      [webhook.provider, webhook.webhookId, webhook.body, events.map(({ id }) => id)],
    );
    return row ?? {};
  }

  it('stores the webhook to the byte, with every event that it became', async () => {
    const given = webhookOf({}, 3);

    const [outcome] = await acceptAll(open(), [given]);

    expect(outcome).toMatchObject({
      value: { webhookId: given.webhook.webhookId, eventId: given.events[0].id, duplicate: false },
    });
    expect(await rowsOf(given)).toEqual({ ids: 1, bodies: 1, events: given.events });
  });

  it('takes one round trip for all that come together', async () => {
    const acceptance = open();
    const given = Array.from({ length: 100 }, () => webhookOf());
    const { postgres } = dataSource.driver as unknown as {
      postgres: { Client: { prototype: { query: () => unknown } } };
    };
    const statements = jest.spyOn(postgres.Client.prototype, 'query');

    const outcomes = await acceptAll(acceptance, given);

    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(statements).toHaveBeenCalledTimes(1);
    statements.mockRestore();
  });

  it('counts a webhook once, whichever copies come together, before, or to other replicas', async () => {
    const replicas = [open(), open(), open()];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(5), fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 60 }),
        async (arrivals) => {
          const webhooks = Array.from({ length: 6 }, () => webhookOf());
          const answers: { duplicate: boolean; eventId: string }[][] = webhooks.map(() => []);
          for (const wave of [0, 1, 2])
            await Promise.all(
              arrivals
                .filter(([, , its]) => its === wave)
                .map(async ([which, replica]) => {
                  const { webhook, events } = webhooks[which]!;
                  answers[which]!.push(await replicas[replica]!.accept(webhook, events));
                }),
            );
          for (const [index, given] of webhooks.entries()) {
            const ours = answers[index]!;
            expect(ours.filter(({ duplicate }) => !duplicate)).toHaveLength(Math.min(1, ours.length));
            expect(ours.every(({ eventId }) => eventId === given.events[0].id)).toBe(true);
            expect((await rowsOf(given))['ids']).toBe(Math.min(1, ours.length));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes the same content under another id for a repeat, where the id is not signed', async () => {
    const body = Buffer.from(randomUUID());
    const first = webhookOf({ body, contentSha256: sha256(body) });
    const repeat = webhookOf({ body, contentSha256: sha256(body) });
    const elsewhere = webhookOf({ provider: 'other', body, contentSha256: sha256(body) });

    const acceptance = open();
    await acceptAll(acceptance, [first]);
    const outcomes = await acceptAll(acceptance, [repeat, elsewhere]);

    expect(outcomes).toMatchObject([
      { value: { webhookId: repeat.webhook.webhookId, eventId: first.events[0].id, duplicate: true } },
      { value: { duplicate: false } },
    ]);
    expect(await rowsOf(repeat)).toEqual({ ids: 0, bodies: 0, events: null });
  });

  it.each([
    ['together', true],
    ['later', false],
  ])(
    'refuses another content under the same id that comes %s, for it would never be worked on',
    async (_, together) => {
      const first = webhookOf();
      const other = webhookOf({ webhookId: first.webhook.webhookId });
      const acceptance = open();

      const outcomes = together
        ? await acceptAll(acceptance, [first, other])
        : [...(await acceptAll(acceptance, [first])), ...(await acceptAll(acceptance, [other]))];

      expect(outcomes).toMatchObject([
        { value: { duplicate: false } },
        { reason: { description: { slug: 'webhook-id-reused', status: 422 } } },
      ]);
      expect((await rowsOf(other))['bodies']).toBe(0);
    },
  );

  it('takes an id whose payload is not kept any more for a repeat', async () => {
    const first = webhookOf();
    const acceptance = open();
    await acceptAll(acceptance, [first]);
    await dataSource.query('DELETE FROM webhooks WHERE event_id = $1', [first.events[0].id]);

    const outcomes = await acceptAll(acceptance, [webhookOf({ webhookId: first.webhook.webhookId })]);

    expect(outcomes).toMatchObject([{ value: { duplicate: true, eventId: first.events[0].id } }]);
  });

  it('does not let one that cannot be stored take others with it', async () => {
    const unstorable = webhookOf({ webhookId: 'msg_\0' });
    const others = Array.from({ length: 9 }, () => webhookOf());

    const outcomes = await acceptAll(open(), [...others.slice(0, 4), unstorable, ...others.slice(4)]);

    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
      Array.from({ length: 10 }, (_, index) => index !== 4),
    );
    for (const other of others) expect((await rowsOf(other))['ids']).toBe(1);
  });

  it('refuses with 503 and Retry-After what comes when too many wait, and stores nothing of it', async () => {
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const slow = Object.assign(new WebhookRepository(dataSource), {
      storeAll: async (batch: readonly WebhookToStore[]) => {
        await held;
        return repository.storeAll(batch);
      },
    });
    const acceptance = open({ WEBHOOKS_WAITING_MAX: '5' }, slow);
    const given = Array.from({ length: 20 }, () => webhookOf());

    const accepting = acceptAll(acceptance, given);
    finish();
    const outcomes = await accepting;

    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          description: { slug: 'too-busy', status: 503, retryAfterSeconds: 1 },
        });
      expect((await rowsOf(given[index]!))['ids']).toBe(outcome.status === 'fulfilled' ? 1 : 0);
    }
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('refuses with 503 and Retry-After while the database is away', async () => {
    const away = Object.assign(new WebhookRepository(dataSource), {
      storeAll: () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    });
    const [outcome] = await acceptAll(open({}, away), [webhookOf()]);
    expect(outcome).toMatchObject({
      reason: { description: { slug: 'storage-unavailable', status: 503, retryAfterSeconds: 5 } },
    });
  });
});
