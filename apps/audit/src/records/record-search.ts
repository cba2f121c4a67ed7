import { Injectable } from '@nestjs/common';
import type { AuditQuery, AuditRecord } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { recordOf, type StoredRecord } from '../trail/stored-record';

export interface RecordPosition {
  readonly at: string;
  readonly tenant: string;
  readonly sequence: number;
}

@Injectable()
export class RecordSearch {
  constructor(private readonly dataSource: DataSource) {}

  /** The latest first. */
  async page(query: AuditQuery, before: RecordPosition | null, limit: number): Promise<AuditRecord[]> {
    const { tenant, actor, action, objectType, objectId, from, to } = query;
    const rows = await this.dataSource.query<StoredRecord[]>(
      `SELECT * FROM audit_records
        WHERE ($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR actor = $2)
          AND ($3::text IS NULL OR action = $3 OR ($3 LIKE '%.' AND starts_with(action, $3)))
          AND ($4::text IS NULL OR object_type = $4) AND ($5::text IS NULL OR object_id = $5)
          AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
          AND ($8::timestamptz IS NULL OR (at, tenant, sequence) < ($8, $9::text, $10::bigint))
        ORDER BY at DESC, tenant DESC, sequence DESC LIMIT $11`,
      [
        ...[tenant, actor, action, objectType, objectId, from, to].map((each) => each ?? null),
        ...[before?.at ?? null, before?.tenant ?? null, before?.sequence ?? null, limit],
      ],
    );
    return rows.map(recordOf);
  }
}
