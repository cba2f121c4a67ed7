import { drawApiToken } from '@croupier/service-kit';
import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import { OPERATOR, RunningAccess, SERVICE } from '../test/running-access';

const ADMIN = { grants: [{ role: 'admin' }], holder: 'olga' };

describe('the access service', () => {
  let access: RunningAccess;
  let database: Client;
  beforeAll(async () => {
    access = await RunningAccess.start();
    database = new Client({ connectionString: access.database.url });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await access.stop();
  });

  async function untilRefused(token: string): Promise<void> {
    await eventually(async () => (await access.visit(token)).status === 401, { timeoutMs: 15_000 });
  }

  it('shows a token once, and keeps its hash alone', async () => {
    const { id, token } = await access.create();
    expect(token).toMatch(/^crp_[0-9A-Za-z]{49}$/);
    const { rows } = await database.query<{ row: string }>(
      'SELECT t::text AS row FROM access.access_tokens t WHERE id = $1',
      [id],
    );
    expect(rows[0]?.row).not.toContain(token.slice(12));
    const listed = await access.call('get', '/v1/tokens?limit=1').expect(200);
    expect(listed.body).toMatchObject({ items: [{ id, holder: 'anna', state: 'active', lastUsedAt: null }] });
    expect(listed.text).not.toContain(token.slice(12));
  });

  it('opens what the token is for on every service, and nothing else', async () => {
    const { id, token } = await access.create();
    await access.visit(token).expect(200);
    const { body } = await access.visit(token, 'other/slots').expect(403);
    expect(body.detail).toBe('It needs the role operator for other/slots.');
    const { body: refused } = await access.call('get', '/v1/tokens', token).expect(403);
    expect(refused.detail).toBe('It needs the role admin for everything.');

    const { body: who } = await access.call('get', '/v1/whoami', token).expect(200);
    expect(who).toMatchObject({ kind: 'token', actor: 'anna', grants: [{ subject: 'acme/*' }] });
    const used = await access.call('get', `/v1/tokens/${id}`).expect(200);
    expect(used.body.lastUsedAt).not.toBeNull();
  });

  it('lets nobody give more than they have', async () => {
    const admin = await access.create(ADMIN);
    await access.create({ grants: [{ role: 'releaser' }] }, admin.token);
    const order = { name: 'x', holder: 'eve', expiresInDays: 1, reason: 'two pairs of eyes' };
    const { body } = await access
      .call('post', '/v1/tokens', admin.token)
      .send({ ...order, grants: [{ role: 'approver' }] })
      .expect(403);
    expect(body.detail).toBe('It needs the role approver for everything.');
  });

  it.each([
    ['expiresInDays', { expiresInDays: 366 }],
    ['expiresInDays', { expiresInDays: undefined }],
    ['grants', { grants: [] }],
    ['holder', { holder: 'two words' }],
  ])('refuses an order whose %s is wrong: %j', async (field, wrong) => {
    const order = { name: 'x', holder: 'eve', expiresInDays: 1, reason: 'why', grants: [{ role: 'viewer' }] };
    const { body } = await access
      .call('post', '/v1/tokens')
      .send({ ...order, ...wrong })
      .expect(422);
    expect(body.errors).toMatchObject([{ field }]);
  });

  it('refuses a token that has expired', async () => {
    const { id, token } = await access.create();
    await database.query('UPDATE access.access_tokens SET expires_at = now() WHERE id = $1', [id]);
    await access.visit(token).expect(401);
    const { body } = await access.call('get', `/v1/tokens/${id}`).expect(200);
    expect(body.state).toBe('expired');
  });

  it('revokes within seconds, and for good', async () => {
    const { id, token } = await access.create();
    await access.visit(token).expect(200);
    await access.call('delete', `/v1/tokens/${id}?reason=it%20leaked`).expect(204);
    await untilRefused(token);
    const { body } = await access.call('get', `/v1/tokens/${id}`).expect(200);
    expect(body).toMatchObject({ state: 'revoked', revoked: { by: 'operator', reason: 'it leaked' } });
    await access.call('post', `/v1/tokens/${id}/rotate`).send({ expiresInDays: 1 }).expect(409);
  });

  it('rotates: another secret at once, the former one as long as it was asked to', async () => {
    const { id, token: first } = await access.create();
    await access.visit(first).expect(200);
    const rotate = async (overlapSeconds: number): Promise<string> => {
      const order = { expiresInDays: 30, overlapSeconds };
      const { body } = await access.call('post', `/v1/tokens/${id}/rotate`).send(order).expect(200);
      return (body as { token: string }).token;
    };
    const second = await rotate(600);
    const introspected = await access
      .call('post', '/v1/introspect', SERVICE)
      .type('form')
      .send({ token: first });
    expect(introspected.body).toMatchObject({ active: true, jti: id, sub: 'anna', scope: 'operator' });
    await access.visit(second).expect(200);

    const third = await rotate(0);
    await access.visit(third).expect(200);
    await Promise.all([untilRefused(first), untilRefused(second)]);
  });

  it('tells services alone about tokens, and nothing of those that are none', async () => {
    const { token: admin } = await access.create(ADMIN);
    const ask = (bearer: string) => access.call('post', '/v1/introspect', bearer).type('form');
    await ask(admin).send({ token: admin }).expect(403);
    const answer = await ask(SERVICE).send({ token: 'crp_x' });
    expect(answer).toMatchObject({ status: 200, body: { active: false } });
  });

  it('is missed by nobody who was known, while it is away', async () => {
    const [{ token: known }, { token: fresh }] = await Promise.all([access.create(), access.create()]);
    await access.visit(known).expect(200);
    await access.goAway();
    await access.visit(known).expect(200);
    await access.visit(drawApiToken().slice(0, -1)).expect(401);
    const { headers, body } = await access.visit(fresh).expect(503);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers['retry-after']).toBe('2');
    expect(body.type).toContain('access-unavailable');
    await access.visit(OPERATOR).expect(200);
    await access.comeBack();
    await eventually(async () => (await access.visit(fresh)).status === 200, { timeoutMs: 15_000 });
  });
});

describe('the first start', () => {
  it('shows an admin token once, where there is no other way in', async () => {
    const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const access = await RunningAccess.start({});
    try {
      const shown = () => written.mock.calls.flatMap(([text]) => /crp_\w+/.exec(String(text)) ?? []);
      const [token = ''] = shown();
      await access.call('get', '/v1/tokens', token).expect(200);
      await access.goAway();
      await access.comeBack();
      expect(shown()).toEqual([token]);
    } finally {
      written.mockRestore();
      await access.stop();
    }
  });
});
