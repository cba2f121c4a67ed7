import { Injectable } from '@nestjs/common';
import { canonicalJson } from '@croupier/audit-chain';
import { AuditCheckpoint } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { jsonOrNull } from '../trail/json-or-null';
import { WriterRole } from '../trail/writer-role';

@Injectable()
export class CheckpointRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly role: WriterRole,
  ) {}

  /**
   * False when there is one of this place already.
   * @param recordedAt - of the record that it is of, with which it goes one day
   */
  add(checkpoint: AuditCheckpoint, recordedAt: Date): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await this.role.assume(tx);
      const added = await tx.query<unknown[]>(
        `INSERT INTO audit_checkpoints (tenant, sequence, recorded_at, content) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING tenant`,
        [checkpoint.tenant, checkpoint.sequence, recordedAt, canonicalJson(checkpoint)],
      );
      return added.length > 0;
    });
  }

  /** In the order of the chain, from after a sequence on. Null for one that is none any more. */
  async page(
    tenant: string,
    after: number,
    limit: number,
  ): Promise<{ sequence: number; checkpoint: AuditCheckpoint | null }[]> {
    const rows = await this.dataSource.query<{ sequence: string; content: string }[]>(
      'SELECT sequence, content FROM audit_checkpoints WHERE tenant = $1 AND sequence > $2 ORDER BY sequence LIMIT $3',
      [tenant, after, limit],
    );
    return rows.map(({ sequence, content }) => ({
      sequence: Number(sequence),
      checkpoint: AuditCheckpoint.safeParse(jsonOrNull(content)).data ?? null,
    }));
  }
}
