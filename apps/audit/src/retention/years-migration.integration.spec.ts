import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, GENESIS, linked, pemOf, TrustedKeys } from '@croupier/audit-chain';
import type { AuditRecord, AuditRecorded } from '@croupier/contracts';
import { auditMigrations } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import { auditSigningKey, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuditConfig } from '../audit-config';
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

const BEFORE = auditMigrations.slice(0, 1);
const TENANTS = ['acme', 'zenith'];
const YEARS = [2023, 2024, 2025];
const RECORDS_A_YEAR = 120;
/** By when 2023 has been kept for its year. */
const NOW = new Date('2025-06-01T00:00:00Z');
const [EVERY_RECORD, EVERY_CHECKPOINT] = ['audit_records', 'audit_checkpoints'].map(
  (table) => `SELECT * FROM ${table} ORDER BY tenant, sequence`,
) as [string, string];

describe('a filled audit trail that moves into tables of years', () => {
  const signingKey = auditSigningKey();
  let database: FreshDatabase;
  let dataSource: DataSource;
  let directory: string;
  let before: { records: unknown[]; checkpoints: Checkpoint[] };

  interface Checkpoint {
    readonly tenant: string;
    readonly sequence: string;
    readonly content: string;
  }

  beforeAll(async () => {
    Logger.overrideLogger(false);
    directory = await mkdtemp(join(tmpdir(), 'croupier-archive-'));
    database = await freshDatabase();
    await open(BEFORE);
    // Far from UTC, by which the years are.
    await dataSource.query(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'Pacific/Auckland'); END $$`,
    );
    for (const tenant of TENANTS) await fill(tenant);
    before = {
      records: await dataSource.query(EVERY_RECORD),
      checkpoints: await dataSource.query(EVERY_CHECKPOINT),
    };
    await dataSource.destroy();
    await open(auditMigrations);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await Promise.all([database.drop(), rm(directory, { recursive: true })]);
  });

  async function open(migrations: typeof auditMigrations): Promise<void> {
    dataSource = await openDataSource({ url: database.url, schema: 'audit', migrations, poolSize: 2 });
  }

  function parts() {
    const variables = { AUDIT_RETENTION_YEARS: '1', AUDIT_ARCHIVE_DIR: directory };
    const config = new AuditConfig({ AUDIT_SIGNING_KEY: signingKey, ...variables });
    const role = new WriterRole();
    const anchors = new AnchorRepository(dataSource);
    const chain = new ChainRepository(dataSource, role, anchors);
    const keyRing = new AuditKeyRing(config);
    const checkpoints = new CheckpointRepository(dataSource, role);
    const verification = new LiveVerification(chain, checkpoints, anchors, keyRing);
    const years = new AuditYears(dataSource);
    const exporting = new AuditExport(chain, config, anchors);
    return {
      ...{ config, chain, verification, years },
      retention: new RecordRetention(config, years, anchors, exporting, verification, keyRing),
    };
  }

  /** As the version before wrote it: a chain over all years, to their very edges, and a checkpoint now and then. */
  async function fill(tenant: string): Promise<void> {
    const { signer } = parts().config;
    let head: Pick<AuditRecord, 'sequence' | 'hash'> = GENESIS;
    for (const recordedAt of YEARS.flatMap(momentsOf)) {
      const { record, content } = linked(head, {
        ...{ tenant, id: randomUUID(), service: 'deployer', actor: 'ann', authentication: null },
        ...{ action: 'policy.changed', object: { type: 'policy', id: 'night' }, at: recordedAt, recordedAt },
        ...{ reason: 'the market’s “night”', before: { b: 1, a: [] }, after: null },
        ...{ requestId: null, traceId: null },
      });
      head = record;
      await dataSource.query(
        `INSERT INTO audit_records (tenant, sequence, recorded_at, at, actor, action, object_type, object_id, content,
           hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          ...[tenant, record.sequence, recordedAt, record.at, record.actor, record.action],
          ...[record.object.type, record.object.id, content, record.hash],
        ],
      );
      if (record.sequence % 50 !== 0) continue;
      const checkpoint = signer.sign({
        tenant,
        sequence: record.sequence,
        hash: record.hash,
        at: recordedAt,
      });
      await dataSource.query(
        'INSERT INTO audit_checkpoints (tenant, sequence, content) VALUES ($1, $2, $3)',
        [tenant, checkpoint.sequence, canonicalJson(checkpoint)],
      );
    }
  }

  it('keeps every record and checkpoint as it was', async () => {
    expect(before.records).toHaveLength(TENANTS.length * YEARS.length * RECORDS_A_YEAR);
    expect(await dataSource.query(EVERY_RECORD)).toEqual(before.records);
    const checkpoints = await dataSource.query<(Checkpoint & { recorded_at: Date })[]>(EVERY_CHECKPOINT);
    expect(checkpoints.map(({ recorded_at: _, ...checkpoint }) => checkpoint)).toEqual(before.checkpoints);
  });

  it('lies by years of UTC, a checkpoint with its record', async () => {
    const found = await dataSource.query(
      `SELECT r.tableoid::regclass::text AS table, count(*)::integer AS records, count(c)::integer AS checkpoints,
         bool_and(c IS NULL OR c.tableoid = replace(r.tableoid::regclass::text, 'records', 'checkpoints')::regclass)
           AS together
       FROM audit_records r LEFT JOIN audit_checkpoints c USING (tenant, sequence) GROUP BY r.tableoid ORDER BY 1`,
    );
    expect(found).toEqual(
      [2, 2, 3].map((checkpoints, index) => ({
        ...{ table: `audit_records_${YEARS[index]}`, records: TENANTS.length * RECORDS_A_YEAR },
        ...{ checkpoints: TENANTS.length * checkpoints, together: true },
      })),
    );
    expect(await parts().years.kept()).toEqual(expect.arrayContaining(YEARS));
  });

  it('verifies, goes on, and takes no change', async () => {
    const { chain, verification } = parts();
    for (const tenant of TENANTS) {
      const told: AuditRecorded = {
        ...{ tenant, service: 'deployer', actor: 'ann', authentication: null, action: 'policy.changed' },
        ...{ object: { type: 'policy', id: 'night' }, at: new Date().toISOString(), reason: null },
        ...{ before: null, after: null, requestId: null, traceId: null },
      };
      await dataSource.transaction((tx) => chain.append(tx, randomUUID(), told));
      expect(await verification.of(tenant)).toMatchObject({
        ...{ verified: true, faults: [], records: YEARS.length * RECORDS_A_YEAR + 1, signatures: 7 },
        ...{ first: { sequence: 1 }, last: { sequence: YEARS.length * RECORDS_A_YEAR + 1 } },
      });
    }
    for (const table of ['audit_records', ...YEARS.map((year) => `audit_records_${year}`)])
      for (const change of [`DELETE FROM ${table}`, `UPDATE ${table} SET actor = ''`, `TRUNCATE ${table}`])
        await expect(dataSource.query(change)).rejects.toThrow('append-only');
  });

  it('goes back into one table and verifies anew when it has moved once more', async () => {
    const records = await dataSource.query(EVERY_RECORD);
    await dataSource.undoLastMigration();
    expect(await dataSource.query(EVERY_RECORD)).toEqual(records);
    expect(await dataSource.query(EVERY_CHECKPOINT)).toEqual(before.checkpoints);
    await dataSource.destroy();
    await open(auditMigrations);
    expect(await dataSource.query(EVERY_RECORD)).toEqual(records);
    expect(await parts().verification.of('acme')).toMatchObject({ verified: true, signatures: 7 });
  });

  it('lets its first year go, and verifies from the anchor', async () => {
    const { config, retention, verification } = parts();
    expect(await retention.enforce(NOW)).toEqual([2023]);
    const keys = TrustedKeys.ofPem([pemOf(config.signer.publicKey)]);
    for (const tenant of TENANTS) {
      const archive = await new AuditArchive(directory).verify(`${tenant}/2023.jsonl`, keys);
      expect(archive).toMatchObject({ verified: true, last: { sequence: RECORDS_A_YEAR } });
      expect(await verification.of(tenant)).toMatchObject({
        ...{ verified: true, faults: [], records: 2 * RECORDS_A_YEAR + 1 },
        ...{ first: { sequence: RECORDS_A_YEAR + 1 }, anchor: archive.last! },
      });
    }
  });
});

/** From the first to the last millisecond of the year. */
function momentsOf(year: number): string[] {
  const [from, to] = [Date.UTC(year, 0), Date.UTC(year + 1, 0) - 1];
  const stepMs = (to - from) / (RECORDS_A_YEAR - 1);
  return Array.from({ length: RECORDS_A_YEAR }, (_, index) =>
    new Date(Math.round(from + index * stepMs)).toISOString(),
  );
}
