import type { AuditContent, AuditRecord } from '@croupier/contracts';

export interface StoredRecord {
  readonly tenant: string;
  /** `bigint`, which the driver reads as text. */
  readonly sequence: string;
  readonly recorded_at: Date;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly content: string;
  readonly hash: string;
}

export function recordOf({ content, hash }: Pick<StoredRecord, 'content' | 'hash'>): AuditRecord {
  return { ...(JSON.parse(content) as AuditContent), hash };
}
