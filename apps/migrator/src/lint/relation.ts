import type { Node, RangeVar } from 'libpg-query';

/** `schema.table` as written. */
export function relationName(relation: RangeVar | undefined): string {
  return [relation?.schemaname, relation?.relname].filter(Boolean).join('.');
}

/** The relations that a statement creates. Nobody else sees them before the migration commits. */
export function createdBy(node: Node): string[] {
  if ('CreateStmt' in node) return [relationName(node.CreateStmt.relation)];
  if ('CreateTableAsStmt' in node) return [relationName(node.CreateTableAsStmt.into?.rel)];
  return [];
}
