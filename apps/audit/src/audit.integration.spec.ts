import { ExportVerification, TrustedKeys, verifyReport } from '@croupier/audit-chain';
import type { AuditKeys, AuditRecorded, AuditVerification } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { auditSigningKey, eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import request from 'supertest';
import { service } from './service';

const OPERATOR = 'operator-token-of-the-test';

describe('the audit trail', () => {
  let database: FreshDatabase;
  let bus: EmbeddedBus;
  let running: RunningService;
  let superuser: Client;

  beforeAll(async () => {
    database = await freshDatabase();
    bus = new EmbeddedBus();
    const environment = {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      OPERATOR_TOKEN: OPERATOR,
      SERVICE_TOKEN: 'service-token-of-the-test',
      AUDIT_SIGNING_KEY: auditSigningKey(),
      AUDIT_CHECKPOINT_MS: '100',
    };
    running = await startService(service, { bus, cache: new InProcessCache(), environment });
    superuser = new Client({ connectionString: database.url, options: '-c search_path=audit' });
    await superuser.connect();
  });
  afterAll(async () => {
    await superuser.end();
    await running.stop();
    await bus.close();
    await database.drop();
  });

  const get = (path: string) =>
    request(running.url).get(`/v1/${path}`).set('authorization', `Bearer ${OPERATOR}`);
  const verification = async (): Promise<AuditVerification> =>
    (await get('verification').expect(200)).body as AuditVerification;

  function change(id: string): ReturnType<typeof newEvent<'audit.recorded'>> {
    const told: AuditRecorded = {
      ...{ tenant: 'acme', service: 'deployer', actor: 'ann@example.com', authentication: null },
      ...{ action: 'policy.changed', object: { type: 'policy', id }, at: new Date().toISOString() },
      ...{ reason: 'the test asks', before: null, after: { ids: [id] }, requestId: null, traceId: null },
    };
    return newEvent('audit.recorded', told, { source: 'croupier/deployer' });
  }

  it('records each change once, and verifies', async () => {
    const events = ['a', 'b', 'c', 'd', 'e'].map(change);
    await bus.publish([...events, ...events]);
    const { body } = await eventually(async () => {
      const answer = await get('audit?tenant=acme&objectType=policy&action=policy.');
      return answer.body.items?.length === 5 && answer;
    });
    expect(body.items[0]).toMatchObject({ actor: 'ann@example.com', reason: 'the test asks' });
    const checked = await eventually(async () => {
      const found = await verification();
      return (found.tenants[0]?.signatures ?? 0) > 0 && found;
    });
    expect(checked).toMatchObject({ verified: true, tenants: [{ tenant: 'acme', records: 5 }] });
  });

  it('records what the services decide by themselves', async () => {
    const release = {
      releaseId: '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f' as never,
      provider: 'duo',
      game: 'slots',
    };
    const data = { ...release, version: '1.1.0', reason: 'the error rate is over its limit' };
    await bus.publish([newEvent('release.failed', data, { source: 'croupier/deployer' })]);
    const record = await eventually(async () => (await get('audit?tenant=duo')).body.items?.[0]);
    expect(record).toMatchObject({
      ...{ actor: 'system', action: 'release.failed', reason: data.reason, service: 'deployer' },
      object: { type: 'release', id: release.releaseId },
    });
  });

  it('exports what can be verified without the service', async () => {
    const { keys } = (await get('keys').expect(200)).body as AuditKeys;
    const text = await get('export?tenant=acme')
      .buffer(true)
      .parse((stream, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => done(null, Buffer.concat(chunks).toString()));
      })
      .expect(200);
    const verify = (lines: readonly string[]) => {
      const check = new ExportVerification(TrustedKeys.ofPem(keys.map(({ publicKey }) => publicKey)));
      for (const line of lines) check.take(line);
      return check.report();
    };
    const lines = (text.body as string).trimEnd().split('\n');
    expect(verify(lines)).toMatchObject({ verified: true, records: 5, tenant: 'acme' });
    expect(verify(lines.slice(0, -1))).toMatchObject({ verified: false });
  });

  it('tells a regulator in the format that is asked for, with one digest in all of them', async () => {
    const path = 'reports/service?provider=acme&game=slots&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z';
    const { keys } = (await get('keys').expect(200)).body as AuditKeys;
    const json = await get(path).expect('content-type', /^application\/json/);
    const trusted = TrustedKeys.ofPem(keys.map(({ publicKey }) => publicKey));
    expect(verifyReport(json.text, trusted)).toMatchObject({ verified: true, report: { game: 'slots' } });
    const csv = await get(path)
      .set('accept', 'text/csv')
      .expect('content-type', /^text\/csv/);
    expect(csv.headers['content-disposition']).toContain('"acme-slots-all-2026-01-01-2026-02-01.csv"');
    expect(csv.text).toContain(json.body.contentDigest);
    const pdf = await get(`${path}&format=pdf`).expect('content-type', 'application/pdf');
    expect((pdf.body as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
    const refused = await get(path).set('accept', 'image/png').expect(406);
    expect(refused.body).toMatchObject({ errors: [{ field: 'accept' }] });
    await get(`${path}&format=docx`).expect(422);
  });

  it('says what is kept, and for how long', async () => {
    const year = new Date().getUTCFullYear();
    const { body } = await get('retention').expect(200);
    expect(body).toMatchObject({ years: 7, archived: false, anchors: [] });
    expect(body.kept).toContainEqual({ year, mayGoAt: `${year + 8}-01-01T00:00:00.000Z` });
  });

  it.each([
    "UPDATE audit_records SET actor = 'mallory'",
    'DELETE FROM audit_records',
    'TRUNCATE audit_records',
    "UPDATE audit_checkpoints SET content = ''",
    'DELETE FROM audit_checkpoints',
    'TRUNCATE audit_checkpoints',
  ])('refuses %s, to its writer and to its owner', async (statement) => {
    await expect(superuser.query(statement)).rejects.toThrow('append-only');
    await superuser.query('SET ROLE croupier_audit_writer');
    await expect(superuser.query(statement)).rejects.toThrow('permission denied');
    await superuser.query('RESET ROLE');
  });

  it('finds what a superuser edits or cuts off, and says where', async () => {
    // Triggers do not fire in a session that says it is a replica: only a superuser may.
    await superuser.query("SET session_replication_role = 'replica'");
    const { rows } = await superuser.query<{ content: string }>(
      "SELECT content FROM audit_records WHERE tenant = 'acme' AND sequence = 3",
    );
    const { content } = rows[0]!;
    const put = (text: string) =>
      superuser.query("UPDATE audit_records SET content = $1 WHERE tenant = 'acme' AND sequence = 3", [text]);
    await put(content.replace('the test asks', 'nobody asked'));
    const edited = await verification();
    expect(edited.tenants[0]).toMatchObject({ verified: false, faults: [{ kind: 'edited', sequence: 3 }] });
    await put(content);
    expect((await verification()).verified).toBe(true);
    await superuser.query("DELETE FROM audit_records WHERE tenant = 'acme' AND sequence = 5");
    const cut = await verification();
    expect(cut.tenants[0]).toMatchObject({ verified: false, faults: [{ kind: 'truncated', sequence: 5 }] });
  });
});
