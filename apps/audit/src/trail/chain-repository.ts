import { Injectable } from '@nestjs/common';
import { linked } from '@croupier/audit-chain';
import type { AuditRecord, AuditRecorded, ChainPoint } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { AnchorRepository } from '../retention/anchor-repository';
import { recordOf, type StoredRecord } from './stored-record';
import { WriterRole } from './writer-role';

export interface ChainHead extends ChainPoint {
  readonly recordedAt: Date;
}

/** Appends to the tenants' chains, and reads them in their order. */
@Injectable()
export class ChainRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly role: WriterRole,
    private readonly anchors: AnchorRepository,
  ) {}

  /** Those who append to one chain wait for each other until their transactions end. */
  async append(tx: Transaction, id: string, told: AuditRecorded): Promise<void> {
    await this.role.assume(tx);
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `croupier.audit.chain.${told.tenant}`,
    ]);
    const last = await headOf(tx, told.tenant);
    const head = last ?? (await this.anchors.startOf(told.tenant, tx));
    const recordedAt = new Date(Math.max(Date.now(), last?.recordedAt.getTime() ?? 0)).toISOString();
    const { record, content } = linked(head, { ...told, id, recordedAt });
    await tx.query(
      `INSERT INTO audit_records (tenant, sequence, recorded_at, at, actor, action, object_type, object_id, content,
         hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[record.tenant, record.sequence, recordedAt, record.at, record.actor, record.action],
        ...[record.object.type, record.object.id, content, record.hash],
      ],
    );
  }

  async tenants(): Promise<string[]> {
    const rows = await this.dataSource.query<{ tenant: string }[]>(
      `SELECT tenant FROM audit_records UNION SELECT tenant FROM audit_checkpoints
       UNION SELECT tenant FROM audit_anchors ORDER BY tenant`,
    );
    return rows.map(({ tenant }) => tenant);
  }

  /** The last record; null when there is none. */
  head(tenant: string): Promise<ChainHead | null> {
    return headOf(this.dataSource, tenant);
  }

  /** In the order of the chain, from after a sequence on. */
  page(tenant: string, after: number, limit: number): Promise<StoredRecord[]> {
    return this.dataSource.query<StoredRecord[]>(
      `SELECT * FROM audit_records WHERE tenant = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [tenant, after, limit],
    );
  }

  async find(tenant: string, sequence: number): Promise<AuditRecord | null> {
    const [row] = await this.page(tenant, sequence - 1, 1);
    return row && Number(row.sequence) === sequence ? recordOf(row) : null;
  }

  /** The last one that was recorded before a time. */
  async lastBefore(tenant: string, time: string): Promise<number> {
    const [row] = await this.dataSource.query<{ sequence: string | null }[]>(
      'SELECT max(sequence) AS sequence FROM audit_records WHERE tenant = $1 AND recorded_at < $2',
      [tenant, time],
    );
    return Number(row?.sequence ?? 0);
  }
}

async function headOf(queries: Pick<Transaction, 'query'>, tenant: string): Promise<ChainHead | null> {
  const [row] = await queries.query<{ sequence: string; hash: string; recordedAt: Date }[]>(
    `SELECT sequence, hash, recorded_at AS "recordedAt" FROM audit_records WHERE tenant = $1
      ORDER BY sequence DESC LIMIT 1`,
    [tenant],
  );
  return row ? { ...row, sequence: Number(row.sequence) } : null;
}
