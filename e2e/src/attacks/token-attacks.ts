import { SERVICE_NAMES } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import request from 'supertest';
import { GAME, PROBLEM, type Stage } from './stage';

const UNKNOWN = '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f';

export function tokenAttacks(on: () => Stage): void {
  describe('a token', () => {
    it('of another module is refused', async () => {
      const { token } = await on().tokenFor('otto', { role: 'releaser', subject: 'other/*' });
      const order = { provider: 'acme', game: GAME, version: '1.0.0', reason: 'not mine' };
      await on().call('deployer', 'post', '/v1/releases', token).send(order).expect(403);
      await on().call('deployer', 'get', `/v1/releases?provider=acme&game=${GAME}`, token).expect(403);
      await on().call('deployer', 'get', '/v1/releases', token).expect(403);
      await on().call('registry', 'get', `/v1/games/acme/${GAME}/versions`, token).expect(403);
    });

    it('of another market is refused', async () => {
      const { token } = await on().tokenFor('mia', { role: 'admin', markets: ['SE'] });
      const rule = { certification: 'none', reason: 'not my market' };
      await on().call('registry', 'put', '/v1/markets/MT', token).send(rule).expect(403);
    });

    it.each([
      ['viewer', 'deployer', 'post', `/v1/releases/${UNKNOWN}/abort`],
      ['operator', 'deployer', 'post', `/v1/releases/${UNKNOWN}/promote`],
      ['releaser', 'deployer', 'post', `/v1/releases/${UNKNOWN}/approve`],
      ['releaser', 'deployer', 'post', `/v1/releases/${UNKNOWN}/override`],
      ['approver', 'deployer', 'post', `/v1/releases/${UNKNOWN}/pause`],
      ['admin', 'deployer', 'post', `/v1/releases/${UNKNOWN}/approve`],
      ['releaser', 'deployer', 'put', '/v1/policies/mine'],
      ['releaser', 'aggregator', 'put', '/v1/providers/mine'],
      ['releaser', 'access', 'post', '/v1/tokens'],
      ['operator', 'alerts', 'put', '/v1/alerts/channels/mine'],
      ['viewer', 'cache', 'post', '/v1/invalidations'],
      ['viewer', 'flags', 'put', '/v1/flags/mine'],
      ['viewer', 'migrator', 'post', '/v1/migrations'],
      ['admin', 'deployer', 'post', '/v1/telemetry'],
      ['admin', 'access', 'post', '/v1/introspect'],
    ] as const)('of a %s is refused by %s for %s %s', async (role, service, method, path) => {
      const { token } = await on().tokenFor(`only-${role}`, { role });
      await on()
        .call(service, method, path, token)
        .send({ reason: 'above my station' })
        .expect(403)
        .expect('content-type', PROBLEM);
    });

    it('of a viewer gets no rights by the headers that a proxy might have set', async () => {
      const { token } = await on().tokenFor('vera', { role: 'viewer' });
      await on()
        .call('deployer', 'put', '/v1/policies/mine', token)
        .set({ 'x-croupier-actor': 'root', 'x-forwarded-user': 'root', 'x-original-url': '/health/live' })
        .set('x-http-method-override', 'GET')
        .send({ reason: 'by headers' })
        .expect(403);
    });

    it('of services opens nothing for people', async () => {
      const service = on().platform.secrets['SERVICE_TOKEN'] ?? '';
      await on().call('deployer', 'get', '/v1/releases', service).expect(403);
      await on().call('access', 'get', '/v1/tokens', service).expect(403);
    });

    it('that is revoked is refused within seconds', async () => {
      const { id, token } = await on().tokenFor('rita', { role: 'viewer' });
      await on().call('deployer', 'get', '/v1/releases', token).expect(200);
      await on().call('access', 'delete', `/v1/tokens/${id}?reason=it%20leaked`).expect(204);
      await eventually(
        async () => (await on().call('deployer', 'get', '/v1/releases', token)).status === 401,
      );
    });

    it('that has expired is refused', async () => {
      const { id, token } = await on().tokenFor('eva', { role: 'viewer' });
      const database = new Client({ connectionString: on().database.url });
      await database.connect();
      await database.query(
        "UPDATE access.access_tokens SET expires_at = now() - interval '1 s' WHERE id = $1",
        [id],
      );
      await database.end();
      await on().call('deployer', 'get', '/v1/releases', token).expect(401);
    });

    it('that is missing, cut off, in the query or of another scheme opens no route of any service', async () => {
      const { token } = await on().tokenFor('cara', { role: 'admin' });
      const headers = ['', 'Bearer ', `Bearer ${token.slice(0, -1)}`, `Basic ${token}`, token, 'Bearer null'];
      for (const name of SERVICE_NAMES.filter((each) => each !== 'gateway' && each !== 'console')) {
        const path = `/v1/dead-letters?access_token=${token}&token=${token}`;
        for (const authorization of headers) {
          const answer = await request(on().platform.urls[name])
            .get(path)
            .set('authorization', authorization);
          expect([name, authorization.slice(0, 8), answer.status < 400]).toEqual([
            name,
            authorization.slice(0, 8),
            false,
          ]);
        }
      }
    });

    it('grants nothing more than its maker has', async () => {
      const { token } = await on().tokenFor('ada', { role: 'admin' });
      await on()
        .call('access', 'post', '/v1/tokens', token)
        .send({
          ...{ name: 'more', holder: 'ada', expiresInDays: 1, reason: 'more rights' },
          grants: [{ role: 'approver', subject: '*', markets: null }],
        })
        .expect(403);
    });
  });

  describe('a field that nobody asked for', () => {
    it.each([
      [
        'access',
        'post',
        '/v1/tokens',
        {
          name: 'n',
          holder: 'x',
          grants: [{ role: 'viewer', subject: '*' }],
          expiresInDays: 1,
          reason: 'the test',
          role: 'admin',
        },
      ],
      [
        'access',
        'post',
        '/v1/tokens',
        {
          name: 'n',
          holder: 'x',
          grants: [{ role: 'viewer', subject: '*', admin: true }],
          expiresInDays: 1,
          reason: 'the test',
        },
      ],
      ['deployer', 'post', `/v1/releases/${UNKNOWN}/approve`, { reason: 'the test', actor: 'bob' }],
      [
        'deployer',
        'post',
        '/v1/releases',
        { provider: 'acme', game: GAME, version: '1.0.0', reason: 'the test', approvalsRequired: 0 },
      ],
      [
        'deployer',
        'post',
        '/v1/releases',
        { provider: 'acme', game: GAME, version: '1.0.0', reason: 'the test', orderedBy: 'bob' },
      ],
      [
        'deployer',
        'put',
        '/v1/policies/mine',
        { rules: { automation: { kind: 'auto' } }, reason: 'the test', version: 9 },
      ],
      [
        'deployer',
        'put',
        '/v1/policies/mine',
        { rules: { automation: { kind: 'auto', approved: true } }, reason: 'the test' },
      ],
      [
        'flags',
        'post',
        '/v1/flag-change-requests',
        { status: 'applied', approvals: [{ actor: 'bob' }], reason: 'the test' },
      ],
      ['registry', 'put', '/v1/markets/MT', { certification: 'none', reason: 'the test', pool: 'stable' }],
    ] as const)('is refused by %s in %s %s %j', async (service, method, path, body) => {
      const answer = await on().call(service, method, path).set('if-none-match', '*').send(body).expect(422);
      expect(answer.body).toMatchObject({
        status: 422,
        errors: expect.any(Array),
        remedy: expect.any(String),
      });
    });

    it('has no effect where it is not refused', async () => {
      const path = '/v1/providers/assigned';
      const extra = {
        name: 'other',
        revision: 99,
        createdAt: '2001-01-01T00:00:00Z',
        paused: { reason: 'x' },
      };
      await on().call('aggregator', 'put', path).send(extra).expect(201);
      const { body } = await on().call('aggregator', 'get', path).expect(200);
      expect(body).toMatchObject({ name: 'assigned', paused: null });
      expect(body.revision).not.toBe(extra.revision);
      expect(body.createdAt).not.toBe(extra.createdAt);
    });
  });
}
