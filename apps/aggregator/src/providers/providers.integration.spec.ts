import { randomBytes } from 'node:crypto';
import { EmbeddedBus } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from '../service';

const OPERATOR = 'operator-token-of-the-test';

describe('/v1/providers', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let bus: EmbeddedBus;
  let running: RunningService;
  const environment = (): Record<string, string> => ({
    DATABASE_URL: database.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    OPERATOR_TOKEN: OPERATOR,
    SERVICE_TOKEN: 'service-token-of-the-test',
    SECRETS_KEY: randomBytes(32).toString('base64'),
  });

  beforeAll(async () => {
    database = await freshDatabase();
    bus = new EmbeddedBus();
    running = await startService(service, { bus, cache: new InProcessCache(), environment: environment() });
    dataSource = await openDataSource({
      url: database.url,
      schema: 'aggregator',
      migrations: [],
      poolSize: 1,
    });
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await dataSource.destroy();
    await database.drop();
  });

  const put = (name: string): request.Test =>
    request(running.url).put(`/v1/providers/${name}`).set('authorization', `Bearer ${OPERATOR}`);
  const list = (query = ''): request.Test =>
    request(running.url).get(`/v1/providers${query}`).set('authorization', `Bearer ${OPERATOR}`);

  async function activeSecrets(provider: string): Promise<number> {
    const [row] = await dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM provider_secrets WHERE provider = $1',
      [provider],
    );
    return row?.count ?? 0;
  }

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
    expect(await activeSecrets('given')).toBe(1);
  });

  it('creates one provider when asked many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => put('crowded').send({})));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(await activeSecrets('crowded')).toBe(5);
  });

  it('keeps secrets sealed and lists none', async () => {
    const { body } = await put('sealed').send({});
    const secret = String(body.secret);
    const rows = await dataSource.query<{ sealed: Buffer }[]>('SELECT sealed FROM provider_secrets');
    for (const { sealed } of rows)
      expect(sealed.includes(Buffer.from(secret.slice('whsec_'.length), 'base64'))).toBe(false);
    expect((await list()).text).not.toContain(secret.slice('whsec_'.length));
  });

  it('lists providers by name, a page at a time', async () => {
    await put('zeta-1').send({});
    await put('zeta-2').send({});
    const page = await list('?after=zeta-1&limit=1');
    expect(page.status).toBe(200);
    expect(page.body).toEqual({
      providers: [
        { name: 'zeta-2', createdAt: expect.any(String), rotatedAt: expect.any(String), activeSecrets: 1 },
      ],
    });
  });

  it.each([
    ['a secret that is too short', 'short', { secret: 'whsec_c2hvcnQ=' }, 'secret'],
    ['a name that is no slug', 'UPPER', {}, 'name'],
  ])('refuses %s', async (_, name, body, field) => {
    const answer = await put(name).send(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field, detail: expect.any(String) }]);
  });

  it('refuses whoever has no token', async () => {
    expect((await request(running.url).put('/v1/providers/acme').send({})).status).toBe(401);
    expect((await request(running.url).get('/v1/providers')).status).toBe(401);
  });

  it('does not start without SECRETS_KEY, and says so', async () => {
    const { SECRETS_KEY: _, ...incomplete } = environment();
    const start = startService(service, { bus, cache: new InProcessCache(), environment: incomplete });
    await expect(start).rejects.toThrow(/SECRETS_KEY/);
  });
});
