import type { Node } from 'libpg-query';

/** Statements that PostgreSQL refuses inside a transaction block (`PreventInTransactionBlock`). */
export function runsInTransaction(node: Node): boolean {
  if ('IndexStmt' in node) return !node.IndexStmt.concurrent;
  if ('DropStmt' in node) return !node.DropStmt.concurrent;
  if ('ReindexStmt' in node) return !asksFor(node.ReindexStmt.params, 'concurrently');
  if ('VacuumStmt' in node) return !node.VacuumStmt.is_vacuumcmd;
  return !('CreatedbStmt' in node || 'DropdbStmt' in node || 'AlterSystemStmt' in node);
}

function asksFor(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some((option) => 'DefElem' in option && option.DefElem.defname === name);
}
