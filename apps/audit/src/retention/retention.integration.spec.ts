import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExportVerification, pemOf, TrustedKeys } from '@croupier/audit-chain';
import type { AuditRecorded, ChainReport } from '@croupier/contracts';
import { auditMigrations } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import { auditSigningKey, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuditConfig } from '../audit-config';
import { CheckpointKeeper } from '../checkpoints/checkpoint-keeper';
import { CheckpointRepository } from '../checkpoints/checkpoint-repository';
import { AuditExport } from '../export/audit-export';
import { AuditKeyRing } from '../keys/audit-key-ring';
import { ChainRepository } from '../trail/chain-repository';
import { WriterRole } from '../trail/writer-role';
import { LiveVerification } from '../verification/live-verification';
import { AnchorRepository } from './anchor-repository';
import { AuditArchive } from './audit-archive';
import { AuditYears } from './audit-years';
import { RecordRetention } from './record-retention';

const NOW = new Date('2026-05-01T00:00:00Z');

describe('records whose years are over', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let directory: string;
  let parts: ReturnType<typeof partsOf>;
  const signingKey = auditSigningKey();

  beforeAll(async () => {
    Logger.overrideLogger(false);
    [database, directory] = await Promise.all([
      freshDatabase(),
      mkdtemp(join(tmpdir(), 'croupier-archive-')),
    ]);
    dataSource = await openDataSource({
      ...{ url: database.url, schema: 'audit', migrations: auditMigrations, poolSize: 2 },
    });
    parts = partsOf({ AUDIT_ARCHIVE_DIR: directory });
    for (const year of [2017, 2018, 2019]) await parts.years.create(new Date(Date.UTC(year, 6)));
    for (const year of [2017, 2017, 2018, 2018]) await append('acme', year);
    await append('silent', 2018);
    await append('acme', 2026);
    await parts.keeper.keep();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await Promise.all([database.drop(), rm(directory, { recursive: true })]);
  });

  function partsOf(variables: Record<string, string>) {
    const config = new AuditConfig({ AUDIT_SIGNING_KEY: signingKey, ...variables });
    const anchors = new AnchorRepository(dataSource);
    const role = new WriterRole();
    const chain = new ChainRepository(dataSource, role, anchors);
    const checkpoints = new CheckpointRepository(dataSource, role);
    const keyRing = new AuditKeyRing(config);
    const verification = new LiveVerification(chain, checkpoints, anchors, keyRing);
    const exporting = new AuditExport(chain, config, anchors);
    const years = new AuditYears(dataSource);
    return {
      ...{ anchors, chain, years, verification, exporting },
      keeper: new CheckpointKeeper(config, chain, checkpoints),
      retention: new RecordRetention(config, years, anchors, exporting, verification, keyRing),
      keys: TrustedKeys.ofPem([pemOf(config.signer.publicKey)]),
    };
  }

  async function append(tenant: string, year: number): Promise<void> {
    const told: AuditRecorded = {
      ...{ tenant, service: 'deployer', actor: 'ann@example.com', authentication: null },
      ...{ action: 'policy.changed', object: { type: 'policy', id: 'night' }, at: `${year}-07-01T00:00:00Z` },
      ...{ reason: 'the test asks', before: null, after: null, requestId: null, traceId: null },
    };
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.parse(told.at));
    await dataSource.transaction((tx) => parts.chain.append(tx, randomUUID(), told));
    clock.mockRestore();
  }

  /** As nobody but a superuser can: its session says that it is a replica, for which no trigger fires. */
  const forge = (statement: string, parameters: unknown[] = []): Promise<unknown> =>
    dataSource.transaction(async (tx) => {
      await tx.query("SET LOCAL session_replication_role = 'replica'");
      return tx.query(statement, parameters);
    });
  /** What the verification of `acme` says of a forgery, which is taken back. */
  async function undone(statement: string): Promise<ChainReport> {
    const tables = ['audit_anchors', 'audit_records_2026'];
    for (const table of tables) await dataSource.query(`CREATE TABLE copy_of_${table} AS TABLE ${table}`);
    await forge(statement);
    const found = await parts.verification.of('acme');
    for (const table of tables) {
      await forge(`DELETE FROM ${table}`);
      await forge(`INSERT INTO ${table} SELECT * FROM copy_of_${table}`);
      await dataSource.query(`DROP TABLE copy_of_${table}`);
    }
    return found;
  }
  const files = async (): Promise<string[]> =>
    (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.jsonl')).sort();

  it('stay where there is no archive', async () => {
    expect(await partsOf({}).retention.enforce(NOW)).toEqual([]);
    expect(await parts.years.kept()).toContain(2017);
  });

  it('stay for as many years as they have to', async () => {
    const tenYears = partsOf({ AUDIT_ARCHIVE_DIR: directory, AUDIT_RETENTION_YEARS: '10' });
    expect(await tenYears.retention.enforce(NOW)).toEqual([]);
  });

  it('stay as evidence where their chain does not verify', async () => {
    await forge("UPDATE audit_records SET actor = 'mallory' WHERE tenant = 'acme' AND sequence = 5");
    await expect(parts.retention.enforce(NOW)).rejects.toThrow('stay as evidence');
    expect(await parts.years.kept()).toContain(2017);
    await forge("UPDATE audit_records SET actor = 'ann@example.com' WHERE tenant = 'acme'");
  });

  it('stay where the archive has something else under their name', async () => {
    await mkdir(join(directory, 'acme'));
    await writeFile(join(directory, 'acme/2017.jsonl'), 'minutes of a meeting\n');
    await expect(parts.retention.enforce(NOW)).rejects.toThrow('look what it is');
    expect(await readFile(join(directory, 'acme/2017.jsonl'), 'utf8')).toBe('minutes of a meeting\n');
    await rm(join(directory, 'acme/2017.jsonl'));
  });

  it('go to the archive, and the rest verifies from a signed anchor', async () => {
    expect(await parts.retention.enforce(NOW)).toEqual([2017, 2018]);
    expect(await parts.years.kept()).toEqual([2019, 2020, 2026, 2027]);
    expect(await files()).toEqual(['acme/2017.jsonl', 'acme/2018.jsonl', 'silent/2018.jsonl']);
    const archive = new AuditArchive(directory);
    const [first, second] = await Promise.all(
      [2017, 2018].map((year) => archive.verify(`acme/${year}.jsonl`, parts.keys)),
    );
    expect([first, second]).toMatchObject([
      { verified: true, first: { sequence: 1 }, last: { sequence: 2 } },
      { verified: true, first: { sequence: 3 }, last: { sequence: 4 } },
    ]);
    expect(await parts.verification.of('acme')).toMatchObject({
      ...{ verified: true, records: 1, first: { sequence: 5 } },
      anchor: { ...second?.last, archive: { file: 'acme/2018.jsonl', records: 2 } },
    });
    expect(await parts.retention.enforce(NOW)).toEqual([]);
  });

  it('are what a chain goes on from that has nothing else left', async () => {
    expect(await parts.verification.of('silent')).toMatchObject({ verified: true, records: 0 });
    await append('silent', 2026);
    expect(await parts.verification.of('silent')).toMatchObject({ verified: true, first: { sequence: 2 } });
    const check = new ExportVerification(parts.keys);
    for await (const line of parts.exporting.lines({ tenant: 'silent' })) check.take(line.trimEnd());
    expect(check.report()).toMatchObject({ verified: true, records: 1 });
  });

  it.each([
    ['an edited anchor', "UPDATE audit_anchors SET content = replace(content, '2018.jsonl', '2017.jsonl')"],
    ['a missing anchor', "DELETE FROM audit_anchors WHERE tenant = 'acme' AND sequence = 4"],
    ['a record that is missing after it', "DELETE FROM audit_records WHERE tenant = 'acme' AND sequence = 5"],
  ])('show by the chain: %s', async (_, statement) => {
    expect(await undone(statement)).toMatchObject({ tenant: 'acme', verified: false });
  });

  it.each(['audit_records', 'audit_records_2026', 'audit_checkpoints_2026', 'audit_anchors'])(
    'go no other way: %s takes no change, of its owner or its writer',
    async (table) => {
      const part = table.startsWith('audit_records') ? 'audit_records' : 'audit_checkpoints';
      for (const statement of [
        `DELETE FROM ${table}`,
        `UPDATE ${table} SET content = ''`,
        `TRUNCATE ${table}`,
      ])
        await expect(dataSource.query(statement)).rejects.toThrow('append-only');
      for (const statement of [
        ...[`DELETE FROM ${table}`, `UPDATE ${table} SET content = ''`, `TRUNCATE ${table}`],
        ...[`DROP TABLE ${table}`, `ALTER TABLE ${part} DETACH PARTITION ${part}_2026`],
        'SELECT add_audit_year(2031)',
      ])
        await expect(
          dataSource.transaction(async (tx) => {
            await tx.query('SET LOCAL ROLE croupier_audit_writer');
            await tx.query(statement);
          }),
        ).rejects.toThrow(/permission denied|must be owner/);
    },
  );
});
