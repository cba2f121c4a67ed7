import type { AuditContent, AuditRecord, ChainPoint } from '@croupier/contracts';
import { canonicalJson, sha256 } from './canonical';

/** The head of a chain that has no records yet. */
export const GENESIS: ChainPoint = { sequence: 0, hash: '0'.repeat(64) };

export interface Linked {
  readonly record: AuditRecord;
  /** What the hash covers, as it was hashed. */
  readonly content: string;
}

/** Makes the content the next record of its chain. */
export function linked(head: ChainPoint, content: Omit<AuditContent, 'sequence' | 'previousHash'>): Linked {
  const whole = { ...content, sequence: head.sequence + 1, previousHash: head.hash };
  const text = canonicalJson(whole);
  return { record: { ...whole, hash: sha256(text) }, content: text };
}

/** Of a record as it was read; whatever else it has than the hash counts. */
export function hashOf({ hash: _, ...content }: { readonly hash?: unknown }): string {
  return sha256(canonicalJson(content));
}
