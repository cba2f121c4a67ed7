import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_NAMES, type AuditRecord } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import request from 'supertest';
import { AUDITED, EXEMPT } from './audited-routes';
import { startPlatform, startProvider, type TestPlatform } from './platform';
import { finished, start } from './program';

const CHANGING = ['post', 'put', 'patch', 'delete'];
const PROVIDER_SECRET = `whsec_${Buffer.from('a secret that is nobody else’s').toString('base64')}`;
const CHANNEL_SECRET = 'xoxb-000000000000-a-slack-token-of-the-test';

describe('the audit trail of a platform', () => {
  let platform: TestPlatform;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let directory: string;
  const secrets: string[] = [PROVIDER_SECRET, CHANNEL_SECRET];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'croupier-audit-'));
    const variables = { LOG_LEVEL: 'debug', AUDIT_CHECKPOINT_MS: '200' };
    [platform, provider] = await Promise.all([startPlatform(variables), startProvider()]);
    secrets.push(...Object.values(platform.secrets));
  });
  afterAll(async () => {
    await Promise.all([platform.stop(), provider.stop()]);
    await rm(directory, { recursive: true, force: true });
  });

  const as = (call: request.Test) =>
    call
      .set('authorization', `Bearer ${platform.secrets['OPERATOR_TOKEN']}`)
      .set('x-croupier-actor', 'ann@example.com');
  const audit = async (query: string): Promise<AuditRecord[]> =>
    (await as(request(platform.urls.audit).get(`/v1/audit?${query}`)).expect(200)).body.items;
  const cli = (...args: string[]) =>
    finished(
      start('apps/croupier/dist/main.js', ['audit', ...args, '--state', platform.stateDirectory], {
        AUDIT_URL: platform.urls.audit,
      }),
    );

  it('knows of every route that changes something, or why it is left out', async () => {
    const seen = new Set<string>();
    for (const name of SERVICE_NAMES) {
      const { body } = await request(platform.urls[name]).get('/openapi.json').expect(200);
      for (const [path, methods] of Object.entries<object>(body.paths))
        for (const method of Object.keys(methods))
          if (CHANGING.includes(method)) seen.add(`${method.toUpperCase()} ${path.replace('::', ':')}`);
    }
    const known = new Set([...Object.keys(AUDITED), ...Object.keys(EXEMPT)]);
    expect([...seen].filter((route) => !known.has(route))).toEqual([]);
    expect([...known].filter((route) => !seen.has(route))).toEqual([]);
  });

  it('has what people and the platform did, and none of the secrets', async () => {
    const reason = 'the test asks';
    await as(request(platform.urls.aggregator).put('/v1/providers/acme'))
      .send({ secret: PROVIDER_SECRET })
      .expect(201);
    await as(request(platform.urls.alerts).put('/v1/alerts/channels/team'))
      .set('if-none-match', '*')
      .send({ settings: { kind: 'slack', conversation: '#releases' }, secret: CHANNEL_SECRET, reason })
      .expect(200);
    const { body: token } = await as(request(platform.urls.flags).post('/v1/flag-tokens'))
      .send({ name: 'sdk', type: 'client', environment: 'development', reason })
      .expect(201);
    secrets.push(token.secret);
    await as(request(platform.urls.registry).put('/v1/markets/SE'))
      .send({ certification: 'required', reason })
      .expect(200);
    await request(provider.url)
      .post('/configure')
      .send({ aggregatorUrl: platform.urls.aggregator, provider: 'acme', secret: PROVIDER_SECRET })
      .expect(200);
    await request(provider.url)
      .post('/publish')
      .send({ game: 'slots', version: '1.0.0', markets: ['MT'] })
      .expect(201);
    await request(provider.url).post('/announce').send({ game: 'slots', version: '1.0.0' }).expect(200);
    await eventually(async () => (await audit('action=rollout.promoted')).length > 0, { timeoutMs: 40_000 });
    const all = await eventually(async () => {
      const found = await audit('limit=200');
      return new Set(found.map(({ action }) => action)).has('market-rule.changed') && found;
    });
    const by = (action: string) => all.find((record) => record.action === action);
    for (const action of [
      'provider.created',
      'alert-channel.created',
      'token.created',
      'market-rule.changed',
    ])
      expect(by(action)).toMatchObject({ actor: 'ann@example.com', authentication: 'break-glass' });
    expect(by('rollout.promoted')).toMatchObject({ tenant: 'acme', actor: 'system' });
    expect(by('artifact.registered')).toMatchObject({ object: { id: 'acme/slots@1.0.0' } });
    const text = JSON.stringify(all);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('tells a regulator what was dealt, where, and on whose word', async () => {
    const to = new Date(Date.now() + 60_000).toISOString();
    const query = { provider: 'acme', game: 'slots', from: '2026-01-01T00:00:00Z', to };
    const report = await eventually(async () => {
      const { body } = await as(request(platform.urls.audit).get('/v1/reports/service').query(query)).expect(
        200,
      );
      return body.intervals.length > 0 && body;
    });
    const [promoted] = await audit('action=rollout.promoted');
    expect(report).toMatchObject({
      intervals: [
        {
          ...{
            market: 'MT',
            version: '1.0.0',
            digest: expect.stringMatching(/^[0-9a-f]{64}$/),
            role: 'stable',
          },
          ...{ to: null, weights: [{ weightPercent: 100, to: null }], releaseId: promoted?.object.id },
          ...{ approvers: [], endedBecause: null },
        },
      ],
      signature: expect.any(String),
    });
    const file = join(directory, 'report.json');
    const asked = ['--game', 'acme/slots', '--from', query.from, '--to', to, '--market', 'MT'];
    expect((await cli('report', ...asked, '--output', file)).code).toBe(0);
    const verified = await cli('verify', '--report', file, '--json');
    expect([verified.code, JSON.parse(verified.lastLine)]).toMatchObject([
      0,
      { verified: true, report: { market: 'MT' } },
    ]);
    const sheet = join(directory, 'report.csv');
    await cli('report', ...asked, '--format', 'csv', '--output', sheet);
    const text = await readFile(file, 'utf8');
    expect(await readFile(sheet, 'utf8')).toContain(JSON.parse(text).contentDigest);
    await writeFile(file, text.replaceAll('"1.0.0"', '"1.0.1"'));
    expect((await cli('verify', '--report', file)).code).toBe(1);
  });

  it('verifies live and as an export, and not when a line of it was edited', async () => {
    expect((await cli('verify', '--live', '--json')).code).toBe(0);
    const file = join(directory, 'acme.jsonl');
    const answer = await as(request(platform.urls.audit).get('/v1/export?tenant=acme'))
      .buffer(true)
      .parse((stream, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => done(null, Buffer.concat(chunks).toString()));
      })
      .expect(200);
    const text = answer.body as string;
    await writeFile(file, text);
    const { code, lastLine } = await cli('verify', file, '--json');
    expect([code, JSON.parse(lastLine)]).toMatchObject([
      0,
      { verified: true, tenants: [{ tenant: 'acme' }] },
    ]);
    await writeFile(file, text.replace('ann@example.com', 'bob@example.com'));
    const edited = await cli('verify', file, '--json');
    expect(edited.code).toBe(1);
    expect(JSON.parse(edited.lastLine).tenants[0].faults).toMatchObject([{ kind: 'edited', line: 1 }]);
  });

  it('leaves no secret in the logs', async () => {
    const logs = join(platform.stateDirectory, 'logs');
    for (const name of await readdir(logs)) {
      const text = await readFile(join(logs, name), 'utf8');
      expect(secrets.filter((secret) => text.includes(secret)).map((secret) => secret.slice(0, 4))).toEqual(
        [],
      );
    }
  });
});
