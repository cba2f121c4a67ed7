import { randomUUID } from 'node:crypto';
import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import { CLIENT_TOKEN, REASON, TestFlags } from '../../test/test-flags';

const PROTECTED = 'live';

describe('operators of flags', () => {
  let flags: TestFlags;

  beforeAll(async () => {
    flags = await TestFlags.start();
    await flags
      .as('ann', 'put', `/v1/flag-environments/${PROTECTED}`)
      .send({ type: 'production', requiredApprovals: 2, reason: REASON })
      .expect(200);
  });
  afterAll(() => flags.stop());

  const ask = (change: object, more: object = {}, actor = 'ann') =>
    flags
      .as(actor, 'post', '/v1/flag-change-requests')
      .send({ change, reason: REASON, ...more })
      .expect(201);
  const decide = (id: string, what: string, actor: string) =>
    flags.as(actor, 'post', `/v1/flag-change-requests/${id}/${what}`).send({ reason: REASON });
  const flag = async (name: string) => (await flags.as('ann', 'get', `/v1/flags/${name}`).expect(200)).body;

  it('set strategies, variants and dependencies by environment, and see them with who changed what', async () => {
    await flags.put('parent', { type: 'permission' }).expect(200);
    await flags.put('full', { dependencies: [{ feature: 'parent' }], description: 'all of it' }).expect(200);
    const strategies = [
      { name: 'flexibleRollout', parameters: { rollout: '50', stickiness: 'userId', groupId: 'full' } },
    ];
    const { body } = await flags.set('full', 'development', { enabled: true, strategies }, 'bob').expect(200);
    expect(body).toMatchObject({
      name: 'full',
      version: 2,
      enabled: true,
      dependencies: [{ feature: 'parent', enabled: true }],
      environments: { development: { enabled: true, strategies } },
    });
    const { body: history } = await flags.as('ann', 'get', '/v1/flags/full/history').expect(200);
    expect(history.items).toMatchObject([
      {
        author: 'bob',
        reason: REASON,
        before: { environments: {} },
        after: { environments: { development: { enabled: true } } },
      },
      { author: 'ann', before: null },
    ]);
  });

  it('are refused a change of what has moved on, by its ETag', async () => {
    const { headers } = await flags.put('tagged', {}).expect(200);
    await flags.put('tagged', { stale: true }).set('if-match', headers['etag']!).expect(200);
    await flags.put('tagged', { stale: false }).set('if-match', headers['etag']!).expect(412);
    await flags.put('tagged', {}).set('if-none-match', '*').expect(412);
  });

  it('are told what is wrong with an order', async () => {
    await flags.put('no spaces', {}).expect(422);
    await flags.put('itself', { dependencies: [{ feature: 'itself' }] }).expect(422);
    const { body } = await flags.set('elsewhere', 'nowhere', { enabled: true }).expect(404);
    expect(body.type).toMatch(/unknown-environment$/);
  });

  it('find flags that are stale, marked or overdue', async () => {
    await flags.put('marked', { stale: true }).expect(200);
    const { body } = await flags.as('ann', 'get', '/v1/flags?stale=true').expect(200);
    expect(body.items.map(({ name }: { name: string }) => name)).toContain('marked');
    expect(body.items.map(({ name }: { name: string }) => name)).not.toContain('full');
  });

  it('read flags page by page', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await flags.put(name, {}).expect(200);
    const names: string[] = [];
    for (let path: string | null = '/v1/flags?limit=2&namePrefix=page-'; path !== null;) {
      const { body }: { body: { items: { name: string }[]; next: string | null } } = await flags
        .as('ann', 'get', path)
        .expect(200);
      names.push(...body.items.map(({ name }) => name));
      path = body.next;
    }
    expect(names).toEqual(['page-a', 'page-b', 'page-c']);
  });

  describe('in a protected environment', () => {
    const settings = { enabled: true };
    const change = (name: string) => ({ kind: 'settings', flag: name, environment: PROTECTED, settings });

    it('change nothing by themselves', async () => {
      const { body } = await flags.set('guarded', PROTECTED, settings).expect(409);
      expect(body.type).toMatch(/approval-needed$/);
      const { body: segment } = await flags
        .as('ann', 'put', '/v1/flag-segments/vips')
        .send({ constraints: [], reason: REASON })
        .expect(409);
      expect(segment.type).toMatch(/approval-needed$/);
    });

    it('change it once two others have approved, each once', async () => {
      const { body: opened } = await ask(change('approved'));
      expect(opened).toMatchObject({ status: 'waiting', requiredApprovals: 2 });
      await decide(opened.id, 'approve', 'ann').expect(403);
      await decide(opened.id, 'approve', 'operator').expect(403);
      await decide(opened.id, 'approve', 'bob').expect(200);
      await decide(opened.id, 'approve', 'bob').expect(403);
      await flags.as('ann', 'get', '/v1/flags/approved').expect(404);

      const { body: applied } = await decide(opened.id, 'approve', 'cem').expect(200);
      expect(applied).toMatchObject({ status: 'applied', approvals: [{ actor: 'bob' }, { actor: 'cem' }] });
      expect((await flag('approved')).environments[PROTECTED].enabled).toBe(true);
      await flags.archive('approved').expect(409);
      await flags.put('approved', { dependencies: [{ feature: 'parent' }] }).expect(409);
      const { body: history } = await flags.as('ann', 'get', '/v1/flags/approved/history').expect(200);
      expect(history.items[0]).toMatchObject({ author: 'ann', cause: 'change-request' });
      expect(history.items[0].reason).toMatch(/approved by bob, cem/);
    });

    it('reject and cancel what was asked for, for good', async () => {
      const { body: rejected } = await ask(change('rejected'));
      await decide(rejected.id, 'reject', 'bob').expect(200);
      await decide(rejected.id, 'approve', 'cem').expect(409);
      const { body: cancelled } = await ask(change('cancelled'));
      await decide(cancelled.id, 'cancel', 'ann').expect(200);
      await decide(cancelled.id, 'approve', 'bob').expect(409);
      await decide(randomUUID(), 'approve', 'bob').expect(404);
    });

    it('kill a flag at once, and nobody turns it on until it is revived', async () => {
      const { body: opened } = await ask(change('dangerous'));
      for (const actor of ['bob', 'cem']) await decide(opened.id, 'approve', actor).expect(200);
      await flags
        .as('dora', 'post', '/v1/flags/dangerous/kill')
        .send({ reason: 'it pays twice' })
        .expect(200);
      expect(await flag('dangerous')).toMatchObject({
        killed: { actor: 'dora', reason: 'it pays twice' },
        environments: { [PROTECTED]: { enabled: false } },
      });
      const { body: refused } = await flags.set('dangerous', 'development', settings).expect(409);
      expect(refused.type).toMatch(/flag-killed$/);

      await flags
        .as('dora', 'post', '/v1/flags/dangerous/revive')
        .send({ reason: 'it is mended' })
        .expect(200);
      expect(await flag('dangerous')).toMatchObject({
        killed: null,
        environments: { [PROTECTED]: { enabled: true } },
      });
      await flags.as('dora', 'post', '/v1/flags/dangerous/revive').send({ reason: REASON }).expect(409);
    });
  });

  describe('at a time', () => {
    const change = (name: string) => ({
      kind: 'settings',
      flag: name,
      environment: 'development',
      settings: { enabled: true },
    });
    const soon = () => new Date(Date.now() + 300).toISOString();

    it('have a change applied, and told, when its time has come', async () => {
      const { body: opened } = await ask(change('timed'), { applyAt: soon() });
      expect(opened).toMatchObject({ status: 'scheduled' });
      expect(await flags.toldOf('timed', 1)).toMatchObject([{ after: true, cause: 'change-request' }]);
      expect(await flags.enabled('timed')).toBe(true);
    });

    it('see why it could not be', async () => {
      await flags.set('timed-killed', 'development', { enabled: false }).expect(200);
      await flags.as('ann', 'post', '/v1/flags/timed-killed/kill').send({ reason: REASON }).expect(200);
      const { body: opened } = await ask(change('timed-killed'), { applyAt: soon() });
      const failed = await eventually(async () => {
        const { body } = await flags.as('ann', 'get', `/v1/flag-change-requests/${opened.id}`);
        return body.status === 'failed' && body;
      });
      expect(failed.detail).toMatch(/until somebody revives it/);
    });
  });

  describe('with tokens', () => {
    it('let SDKs of another environment in, and out again', async () => {
      const order = { name: 'live-sdk', type: 'client', environment: PROTECTED, reason: REASON };
      const { body: token } = await flags.as('ann', 'post', '/v1/flag-tokens').send(order).expect(201);
      await flags.as('ann', 'post', '/v1/flag-tokens').send(order).expect(409);
      const { body } = await flags.client('features', token.secret).expect(200);
      expect(body.query.environment).toBe(PROTECTED);
      await flags.client('features', `Bearer ${token.secret}`).expect(200);

      await flags.as('ann', 'delete', '/v1/flag-tokens/live-sdk').query({ reason: REASON }).expect(204);
      await flags.client('features', token.secret).expect(401);
      await flags.client('features', CLIENT_TOKEN).expect(200);
    });

    it('never see the secret again, nor find it in the database', async () => {
      const order = { name: 'secret', type: 'frontend', environment: PROTECTED, reason: REASON };
      const { body: token } = await flags.as('ann', 'post', '/v1/flag-tokens').send(order).expect(201);
      const { text } = await flags.as('ann', 'get', '/v1/flag-history?kind=token').expect(200);
      expect(text).not.toContain(token.secret);
    });
  });

  it('verify the history, which nobody can change and stay unseen', async () => {
    const verify = async () => (await flags.as('ann', 'get', '/v1/flag-history/verification')).body;
    expect(await verify()).toEqual({ verified: true, brokenAt: null });

    const database = new Client({ connectionString: flags.freshDatabase.url });
    await database.connect();
    const [{ revision }] = (
      await database.query<{ revision: string }>(
        'SELECT revision FROM flags.flag_history ORDER BY revision LIMIT 1 OFFSET 3',
      )
    ).rows as [{ revision: string }];
    const tamper = `UPDATE flags.flag_history SET author = 'nobody' WHERE revision = ${revision}`;
    await expect(database.query(tamper)).rejects.toThrow('append-only');
    await database.query(`SET session_replication_role = replica; ${tamper}`);
    await database.end();
    expect(await verify()).toEqual({ verified: false, brokenAt: Number(revision) });
  });
});
