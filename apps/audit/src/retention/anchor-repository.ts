import { Injectable } from '@nestjs/common';
import { canonicalJson, GENESIS } from '@croupier/audit-chain';
import { AuditAnchor, type ChainPoint } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { jsonOrNull } from '../trail/json-or-null';

export interface KeptAnchor {
  readonly sequence: number;
  /** Null for one that is none any more. */
  readonly anchor: AuditAnchor | null;
}

type Queries = Pick<Transaction, 'query'>;

/** Where chains go on from whose first years are in the archive. */
@Injectable()
export class AnchorRepository {
  constructor(private readonly dataSource: DataSource) {}

  async add(tx: Transaction, anchor: AuditAnchor): Promise<void> {
    await tx.query('INSERT INTO audit_anchors (tenant, sequence, content) VALUES ($1, $2, $3)', [
      anchor.tenant,
      anchor.sequence,
      canonicalJson(anchor),
    ]);
  }

  async latest(tenant: string, queries: Queries = this.dataSource): Promise<KeptAnchor | null> {
    const [row] = await queries.query<{ sequence: string; content: string }[]>(
      'SELECT sequence, content FROM audit_anchors WHERE tenant = $1 ORDER BY sequence DESC LIMIT 1',
      [tenant],
    );
    if (row === undefined) return null;
    return {
      sequence: Number(row.sequence),
      anchor: AuditAnchor.safeParse(jsonOrNull(row.content)).data ?? null,
    };
  }

  /**
   * The point before the first record that the database has.
   * @throws where that was edited: nothing may be linked to it
   */
  async startOf(tenant: string, queries: Queries = this.dataSource): Promise<ChainPoint> {
    const kept = await this.latest(tenant, queries);
    if (kept === null) return GENESIS;
    if (kept.anchor === null) throw new Error(`The anchor of the chain of ${tenant} is none any more`);
    return { sequence: kept.anchor.sequence, hash: kept.anchor.hash };
  }

  /** The latest of each chain. */
  async all(): Promise<AuditAnchor[]> {
    const rows = await this.dataSource.query<{ content: string }[]>(
      'SELECT DISTINCT ON (tenant) content FROM audit_anchors ORDER BY tenant, sequence DESC',
    );
    return rows.flatMap(({ content }) => AuditAnchor.safeParse(jsonOrNull(content)).data ?? []);
  }
}
