import { Body, Controller, HttpCode, Module, Post, Res } from '@nestjs/common';
import { createIdempotencyKeys, createOutboxAndInbox } from '@croupier/migrations';
import { EmbeddedBus } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { FastifyReply } from 'fastify';
import request from 'supertest';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { Requires } from '../../auth/rules/requires';
import type { RunningService } from '../../bootstrap/service-definition';
import { startService } from '../../bootstrap/start-service';
import { InProcessCache } from '../../cache/in-process-cache';
import { ProblemException } from '../../problems/problem-exception';
import { Idempotent } from './idempotent';

class Keys1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutboxAndInbox(runner);
    await createIdempotencyKeys(runner);
  }
  async down(): Promise<void> {}
}

/** Makes coins, and does what the body says on the way. */
const mint = {
  made: 0,
  opened: Promise.resolve(),
  asked: 0,
};

interface Wish {
  readonly side?: string;
  readonly fault?: 'refused' | 'broken';
}

@Requires('operator')
@Controller('v1/coins')
class CoinController {
  @Post()
  @Idempotent()
  async make(
    @Body() { side, fault }: Wish,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    mint.asked += 1;
    await mint.opened;
    if (fault === 'refused')
      throw new ProblemException({ slug: 'no-silver', status: 409, title: 'No silver' });
    if (fault === 'broken') throw new Error('the press is broken');
    mint.made += 1;
    void reply.header('etag', '"1"').header('location', `/v1/coins/${mint.made}`).header('x-press', '7');
    return { number: mint.made, side };
  }

  @Post('melted')
  @Idempotent({ required: true })
  @HttpCode(204)
  melt(): void {
    mint.made -= 1;
  }
}

@Module({ controllers: [CoinController] })
class MintModule {}

describe('a POST with an Idempotency-Key', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let replicas: RunningService[];

  beforeAll(async () => {
    database = await freshDatabase();
    const start = () =>
      startService(
        { name: 'aggregator', description: 'mint', module: MintModule, migrations: [Keys1700000000001] },
        {
          bus: new EmbeddedBus(),
          cache: new InProcessCache(),
          environment: {
            DATABASE_URL: database.url,
            PORT: '0',
            LOG_LEVEL: 'silent',
            OPERATOR_TOKEN: 'operator-token-of-the-test',
            SERVICE_TOKEN: 'service-token-of-the-test',
          },
        },
      );
    replicas = [await start(), await start()];
    dataSource = await openDataSource({
      url: database.url,
      schema: 'aggregator',
      migrations: [],
      poolSize: 1,
    });
  });

  afterAll(async () => {
    await dataSource.destroy();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await database.drop();
  });

  beforeEach(() => Object.assign(mint, { made: 0, asked: 0, opened: Promise.resolve() }));

  function post(key: string | null, body: object = {}, { path = '', replica = 0 } = {}): request.Test {
    const call = request(replicas[replica]!.url)
      .post(`/v1/coins${path}`)
      .set('authorization', 'Bearer operator-token-of-the-test');
    return (key === null ? call : call.set('idempotency-key', key)).send(body);
  }

  /** Holds every request in the handler until the answer is called. */
  function closeMint(): () => void {
    let open = (): void => undefined;
    mint.opened = new Promise((resolve) => (open = resolve));
    return open;
  }

  it('is done once, and answered the same each time, by every replica', async () => {
    const first = await post('"once"', { side: 'heads' }).expect(201);
    const again = await post('"once"', { side: 'heads' }, { replica: 1 }).expect(201);

    expect(mint.made).toBe(1);
    expect(again.body).toEqual(first.body);
    expect(again.headers).toMatchObject({
      etag: '"1"',
      location: '/v1/coins/1',
      'idempotent-replayed': 'true',
    });
    expect(again.headers).not.toHaveProperty('x-press');
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('is done as often as it is sent when it has no key', async () => {
    await post(null).expect(201);
    await post(null).expect(201);
    expect(mint.made).toBe(2);
  });

  it('is answered without a body again when it had none', async () => {
    await post('empty', {}, { path: '/melted' }).expect(204);
    const again = await post('empty', {}, { path: '/melted' }).expect(204);
    expect(again.text).toBe('');
    expect(mint.made).toBe(-1);
  });

  it('is told apart by method, path and body', async () => {
    await post('told-apart', { side: 'heads' }).expect(201);
    for (const other of [
      post('told-apart', { side: 'tails' }),
      post('told-apart', {}, { path: '/melted' }),
    ]) {
      const { body } = await other.expect(422);
      expect(body).toMatchObject({
        type: 'https://croupier.dev/problems/idempotency-key-reused',
        errors: [{ field: 'idempotency-key' }],
        remedy: expect.any(String),
      });
    }
    expect(mint.made).toBe(1);
  });

  it('is refused with 409 while the first one is under way, and answered when that is done', async () => {
    const open = closeMint();
    const first = post('slow').then((answer) => answer);
    await eventually(() => mint.asked === 1);
    const { headers, body } = await post('slow', {}, { replica: 1 }).expect(409);
    expect(body.type).toContain('request-under-way');
    expect(headers['retry-after']).toBe('1');

    open();
    expect((await first).status).toBe(201);
    await post('slow').expect(201);
    expect(mint.made).toBe(1);
  });

  it('is done once however many come at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post('burst', {}, { replica: index % 2 })),
    );
    expect(mint.made).toBe(1);
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  it.each([
    ['refused', 409],
    ['broken', 500],
  ] as const)('may be sent again when it was %s: nothing was done', async (fault, status) => {
    await post(fault, { fault }).expect(status);
    await post(fault, { fault }).expect(status);
    expect(mint.asked).toBe(2);
    await post(fault, { side: 'heads' }).expect(201);
  });

  it('is done anew after a day', async () => {
    await post('yesterday').expect(201);
    await dataSource.query(`UPDATE idempotency_keys SET expires_at = now() WHERE key = 'yesterday'`);
    await post('yesterday', { side: 'tails' }).expect(201);
    expect(mint.made).toBe(2);
  });

  it('is done by another when its process was lost, whose late answer counts no more', async () => {
    const open = closeMint();
    const lost = post('lost', { side: 'edge' }).then((answer) => answer);
    await eventually(() => mint.asked === 1);
    await dataSource.query(`UPDATE idempotency_keys SET lost_at = now() WHERE key = 'lost'`);
    mint.opened = Promise.resolve();
    const { body } = await post('lost', { side: 'edge' }, { replica: 1 }).expect(201);
    open();
    await lost;

    expect((await post('lost', { side: 'edge' }).expect(201)).body).toEqual(body);
  });

  it('leaves no more behind than a day’s keys, and minds none that is older', async () => {
    await dataSource.query(
      `INSERT INTO idempotency_keys (key, fingerprint, token, lost_at, expires_at)
       SELECT 'old-' || n, '', gen_random_uuid(), now(), now() - interval '1 s' FROM generate_series(1, 40) AS n`,
    );
    for (const key of ['old-40', 'old-39', 'a', 'b', 'c']) await post(key).expect(201);
    const [row] = await dataSource.query(
      `SELECT count(*)::int AS left FROM idempotency_keys WHERE expires_at <= now()`,
    );
    expect(row).toEqual({ left: 0 });
  });

  it('needs a key where the route says so, and one in its form', async () => {
    const missing = await post(null, {}, { path: '/melted' }).expect(400);
    expect(missing.body.type).toContain('idempotency-key-required');
    const malformed = await post('two words').expect(400);
    expect(malformed.body).toMatchObject({
      errors: [{ field: 'idempotency-key' }],
      remedy: expect.any(String),
    });
    expect(mint.asked).toBe(0);
  });

  it('is not looked at before the token is', async () => {
    await post('guarded').set('authorization', 'Bearer wrong').expect(401);
    await post('guarded').expect(201);
  });

  it('is described in the OpenAPI document', async () => {
    const { body } = await request(replicas[0]!.url).get('/openapi.json').expect(200);
    const headerOf = (path: string) =>
      body.paths[path].post.parameters.find(({ name }: { name: string }) => name === 'Idempotency-Key');
    expect(headerOf('/v1/coins')).toMatchObject({ in: 'header', required: false });
    expect(headerOf('/v1/coins/melted')).toMatchObject({ in: 'header', required: true });
  });
});
