import type { PolicyView } from '@croupier/contracts';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import { OperatorService } from '../../test/operator-service';
import { POLICY_CONTROLLERS, POLICY_PROVIDERS } from './policy-parts';

const AUTO = { automation: { kind: 'auto' } };
const REASON = 'for the test';

describe('release policies over HTTP', () => {
  let database: FreshDatabase;
  let service: OperatorService;

  beforeAll(async () => {
    database = await freshDatabase();
    service = await OperatorService.start(database.url, {
      controllers: POLICY_CONTROLLERS,
      providers: POLICY_PROVIDERS,
    });
    await service.addReplica();
  });
  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  const put = (name: string, document: object, headers: Record<string, string> = { 'if-none-match': '*' }) =>
    service
      .call('put', `/v1/policies/${name}`)
      .set(headers)
      .send({ rules: AUTO, reason: REASON, ...document });
  const evaluate = (body: object, replica = 0) =>
    service.call('post', '/v1/policies:evaluate', replica).send(body);

  it('are the defaults at first', async () => {
    const { body, headers } = await service.call('get', '/v1/policies/default-major').expect(200);
    expect(body).toMatchObject({
      name: 'default-major',
      version: 0,
      scope: { change: 'major', provider: null },
      rules: { automation: { kind: 'approval', approvers: 1 } },
      changed: null,
    });
    expect(headers['etag']).toBe('"0"');
    const names = (await service.pages<PolicyView>('/v1/policies')).map(({ name }) => name);
    expect(names).toEqual(['default-first', 'default-major', 'default-minor', 'default-patch']);
  });

  it('are created, changed and deleted by whom and why, and every version is kept', async () => {
    const scope = { provider: 'kept' };
    const created = await put('kept', { scope }, { 'if-none-match': '*', 'x-croupier-actor': 'anna' }).expect(
      201,
    );
    expect(created.headers['etag']).toBe('"1"');
    expect(created.body).toMatchObject({
      name: 'kept',
      version: 1,
      scope: { provider: 'kept', subject: null, market: null, change: null },
      precedence: 0,
      rules: { automation: { kind: 'auto' }, prereleases: 'skip', strategy: null },
      changed: { author: 'anna', reason: REASON, at: expect.any(String) },
    });

    const manual = { scope, rules: { automation: { kind: 'manual' } }, reason: 'the summer is long' };
    const changed = await put('kept', manual, { 'if-match': '"1"' }).expect(200);
    expect(changed.headers['etag']).toBe('"2"');
    const { body, headers } = await service.call('get', '/v1/policies/kept').expect(200);
    expect(body).toEqual(changed.body);
    expect(headers['etag']).toBe('"2"');
    expect(await service.pages<PolicyView>('/v1/policies')).toContainEqual(changed.body);
    const asked = { provider: 'kept', game: 'slots', version: '1.0.0' };
    expect((await evaluate(asked).expect(200)).body).toMatchObject({
      policy: { name: 'kept', version: 2 },
      skipReason: 'manual',
    });

    await service.call('delete', '/v1/policies/kept?reason=not+needed').set('if-match', '"2"').expect(204);
    await service.call('get', '/v1/policies/kept').expect(404);
    expect((await evaluate(asked).expect(200)).body.policy.name).toBe('default-first');

    const versions = await service.pages('/v1/policies/kept/versions?limit=2');
    expect(versions).toMatchObject([
      {
        version: 3,
        before: { rules: { automation: { kind: 'manual' } } },
        after: null,
        reason: 'not needed',
      },
      { version: 2, author: 'operator', reason: 'the summer is long' },
      { version: 1, author: 'anna', before: null, after: { scope: { provider: 'kept' } } },
    ]);
    const chain = await service.call('get', '/v1/policies/kept/versions/verification').expect(200);
    expect(chain.body).toEqual({ verified: true, brokenAt: null });
  });

  it('go on counting versions after a deletion, so that an ETag never means two things', async () => {
    const scope = { provider: 'phoenix' };
    await put('phoenix', { scope }).expect(201);
    await service.call('delete', '/v1/policies/phoenix?reason=gone').set('if-match', '*').expect(204);
    expect((await put('phoenix', { scope }).expect(201)).headers['etag']).toBe('"3"');
    await put('phoenix', { scope }, { 'if-match': '"1"' }).expect(412);
  });

  it.each([
    ['no precondition', {}, 428, 'precondition-required', 'if-match'],
    ['a version that is over', { 'if-match': '"7"' }, 412, 'precondition-failed', 'if-match'],
    [
      'If-None-Match where there is one',
      { 'if-none-match': '*' },
      412,
      'precondition-failed',
      'if-none-match',
    ],
    ['what is no ETag', { 'if-match': '1' }, 400, 'malformed-header', 'if-match'],
  ])('are not changed with %s', async (_, headers, status, slug, field) => {
    const scope = { provider: 'guarded' };
    await put('guarded', { scope });
    const { body } = await put('guarded', { scope }, headers as Record<string, string>).expect(status);
    expect(body).toMatchObject({
      type: `https://croupier.dev/problems/${slug}`,
      errors: [{ field }],
      remedy: expect.any(String),
    });
  });

  it('are changed by one of many that saw the same version', async () => {
    const scope = { provider: 'contended' };
    await put('contended', { scope }).expect(201);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        put('contended', { scope, precedence: index + 1 }, { 'if-match': '"1"' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });

  it('are refused when two would count for one version, also when they come at the same moment', async () => {
    const scope = { provider: 'tied', change: 'patch' };
    const answers = await Promise.all([put('tied-one', { scope }), put('tied-two', { scope })]);
    const refused = answers.find(({ status }) => status === 409)!;
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(refused.body).toMatchObject({
      type: 'https://croupier.dev/problems/policy-tie',
      detail: expect.stringMatching(
        /^scope ties with policy tied-(one|two): both are for all of tied, patch changes/,
      ),
      errors: [{ field: 'scope' }],
    });
    await put('tied-three', { scope, precedence: 1 }).expect(201);
  });

  it.each([
    [
      'a plan that cannot be followed',
      { rules: { ...AUTO, strategy: { kind: 'canary', weights: [50, 5, 100] } } },
      'rules',
    ],
    ['a field that does not exist', { scope: { region: 'EU' } }, 'scope'],
    ['all at once', { rules: { ...AUTO, strategy: { kind: 'all-at-once' } } }, 'rules.strategy.kind'],
    ['no reason', { reason: '' }, 'reason'],
  ])('are refused with %s', async (_, document, field) => {
    const { body } = await put('faulty', { scope: { provider: 'faulty' }, ...document }).expect(422);
    expect(body.errors[0].field).toBe(field);
    await service.call('get', '/v1/policies/faulty').expect(404);
  });

  it('are refused where they would change a default or are not there', async () => {
    const { body } = await put('default-mine', {}).expect(409);
    expect(body.type).toContain('default-policy');
    await service.call('delete', '/v1/policies/default-major?reason=bold').set('if-match', '"0"').expect(409);
    const missing = await service
      .call('delete', '/v1/policies/nobody?reason=bold')
      .set('if-match', '"1"')
      .expect(404);
    expect(missing.body.type).toContain('unknown-policy');
    await service.call('delete', '/v1/policies/nobody').set('if-match', '"1"').expect(422);
  });

  it('cannot be changed behind their own backs', async () => {
    await put('honest', { scope: { provider: 'honest' } }).expect(201);
    await expect(service.dataSource.query(`UPDATE policy_versions SET author = 'x'`)).rejects.toThrow(
      'append-only',
    );
    await expect(service.dataSource.query('DELETE FROM policy_versions')).rejects.toThrow('append-only');

    await service.dataSource.query('ALTER TABLE policy_versions DISABLE TRIGGER policy_versions_append_only');
    await service.dataSource.query(`UPDATE policy_versions SET reason = 'x' WHERE name = 'honest'`);
    await service.dataSource.query('ALTER TABLE policy_versions ENABLE TRIGGER policy_versions_append_only');
    const { body } = await service.call('get', '/v1/policies/honest/versions/verification').expect(200);
    expect(body).toEqual({ verified: false, brokenAt: 1 });
  });

  it('are listed page by page in the order of their names', async () => {
    const names = (await service.pages<PolicyView>('/v1/policies?limit=2')).map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('default-minor');
    const { body } = await service.call('get', '/v1/policies?cursor=bogus').expect(422);
    expect(body.errors[0].field).toBe('cursor');
  });

  describe('when asked what would happen', () => {
    const version = { provider: 'acme', game: 'asked', version: '1.1.0' };

    it('answer with the whole plan and why, and nothing comes of it', async () => {
      const { body } = await evaluate({ ...version, stableVersion: '1.0.0', markets: ['MT'] }).expect(200);
      expect(body).toEqual({
        policy: { name: 'default-minor', version: 0 },
        change: 'minor',
        decision: 'release',
        skipReason: null,
        why: [
          'It is released by itself, as a canary.',
          '1.1.0 is a minor change over the stable 1.0.0.',
          'Policy default-minor counts (by default): it is for minor changes.',
        ],
        plan: expect.objectContaining({
          strategy: 'canary',
          stableVersion: '1.0.0',
          approvalsRequired: 0,
          drainMs: 14_400_000,
          analysis: expect.objectContaining({ alpha: 0.001 }),
        }),
      });
      expect(body.plan.steps).toHaveLength(10);
      expect(body.plan.steps[1]).toMatchObject({
        kind: 'analysis',
        minDurationMs: 60_000,
        deadlineMs: 1_800_000,
      });
      const [row] = await service.dataSource.query('SELECT count(*)::int AS releases FROM releases');
      expect(row).toEqual({ releases: 0 });
    });

    it('take what is stable and certified as it is now', async () => {
      await stable('acme', 'known', '1.9.0', ['SE']);
      const asked = { provider: 'acme', game: 'known', version: '2.0.0' };
      const { body } = await evaluate(asked).expect(200);
      expect(body).toMatchObject({ change: 'major', decision: 'approval', plan: { approvalsRequired: 1 } });
      expect(body.why).toContain('Its markets are taken to be those of 1.9.0.');

      await put('sweden', { scope: { market: 'SE' }, rules: { automation: { kind: 'manual' } } }).expect(201);
      expect((await evaluate(asked).expect(200)).body).toMatchObject({
        decision: 'skip',
        skipReason: 'manual',
      });
      const elsewhere = await evaluate({ ...asked, markets: ['MT'] }).expect(200);
      expect(elsewhere.body.policy.name).toBe('default-major');
    });

    it('say when the markets are not known', async () => {
      const { body } = await evaluate({ provider: 'nobody', game: 'knows', version: '1.0.0' }).expect(200);
      expect(body).toMatchObject({ change: 'first', decision: 'release' });
      expect(body.why).toContain('Its markets are not known, so that policies of a market are left out.');
      expect(body.why[0]).toContain('to all players at once, as there is nothing to compare it with');
    });

    it('try a draft, and refuse one that could not be stored', async () => {
      const scope = { subject: 'acme/asked' };
      const rules = { ...AUTO, strategy: { kind: 'blue-green', approval: true } };
      const { body } = await evaluate({
        ...version,
        stableVersion: '1.0.0',
        draft: { name: 'idea', scope, rules },
      }).expect(200);
      expect(body).toMatchObject({ policy: { name: 'idea', version: 1 }, plan: { strategy: 'blue-green' } });
      await service.call('get', '/v1/policies/idea').expect(404);

      await put('real', { scope }).expect(201);
      await evaluate({ ...version, draft: { name: 'idea', scope, rules } }).expect(409);
      const next = await evaluate({
        ...version,
        stableVersion: '1.0.0',
        draft: { name: 'real', scope, rules },
      }).expect(200);
      expect(next.body.policy).toEqual({ name: 'real', version: 2 });
    });

    it('know at once what another replica has stored', async () => {
      await put('fresh', {
        scope: { subject: 'acme/fresh' },
        rules: { automation: { kind: 'manual' } },
      }).expect(201);
      const { body } = await evaluate({ provider: 'acme', game: 'fresh', version: '1.0.0' }, 1).expect(200);
      expect(body.skipReason).toBe('manual');
    });

    it('are asked in the same words by the OpenAPI document', async () => {
      const { body } = await service.call('get', '/openapi.json').expect(200);
      expect(
        Object.keys(body.paths)
          .filter((path) => path.startsWith('/v1/policies'))
          .sort(),
      ).toEqual([
        '/v1/policies',
        '/v1/policies/{name}',
        '/v1/policies/{name}/versions',
        '/v1/policies/{name}/versions/verification',
        '/v1/policies:evaluate',
      ]);
      const { parameters } = body.paths['/v1/policies/{name}'].put;
      expect(parameters.map(({ name }: { name: string }) => name)).toEqual(
        expect.arrayContaining(['name', 'If-Match', 'If-None-Match', 'X-Croupier-Actor']),
      );
      expect(body.paths['/v1/policies/{name}'].get.parameters).toHaveLength(1);
    });
  });

  /** What the deployer knows of a subject with one promoted version. */
  async function stable(provider: string, game: string, version: string, markets: string[]): Promise<void> {
    const { dataSource } = service;
    await dataSource.query(
      'INSERT INTO subjects (provider, game, salt, stable_version) VALUES ($1, $2, 1, $3)',
      [provider, game, version],
    );
    await dataSource.query(
      `INSERT INTO artifacts (provider, game, version, digest, manifest_url, manifest) VALUES ($1, $2, $3, '', '', $4)`,
      [provider, game, version, JSON.stringify({ version, markets, flags: [], requires: [] })],
    );
  }
});
