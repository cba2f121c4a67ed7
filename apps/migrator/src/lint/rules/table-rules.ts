import type { Node, RangeVar } from 'libpg-query';
import type { Finding } from '../finding';
import { relationName } from '../relation';
import type { Rule } from '../rule';

/** UPDATE and DELETE without WHERE hold every row until the commit. */
export const wholeTable: Rule = ({ node, script, line }, { isNew }): Finding[] => {
  const table = changedWhole(node);
  if (table === null || isNew(table)) return [];
  return [
    {
      rule: 'whole-table-change',
      severity: 'warning',
      script,
      line,
      message: `every row of ${table} is written, and stays locked until the migration commits`,
      remedy: 'Change the rows in batches from the application.',
    },
  ];
};

export const heavyLock: Rule = ({ node, script, line }): Finding[] => {
  const what = locksHeavily(node);
  if (what === null) return [];
  return [
    {
      rule: 'heavy-lock',
      severity: 'error',
      script,
      line,
      message: `${what} shuts everybody out of the table`,
      remedy: 'Leave it to the operators of the database.',
    },
  ];
};

function changedWhole(node: Node): string | null {
  if ('UpdateStmt' in node) return wholeOf(node.UpdateStmt.relation, node.UpdateStmt.whereClause);
  if ('DeleteStmt' in node) return wholeOf(node.DeleteStmt.relation, node.DeleteStmt.whereClause);
  return null;
}

function wholeOf(relation: RangeVar | undefined, where: Node | undefined): string | null {
  return where ? null : relationName(relation);
}

function locksHeavily(node: Node): string | null {
  if ('LockStmt' in node) return 'LOCK TABLE';
  if ('ClusterStmt' in node) return 'CLUSTER';
  if (!('VacuumStmt' in node)) return null;
  const full = (node.VacuumStmt.options ?? []).some(
    (option) => 'DefElem' in option && option.DefElem.defname === 'full',
  );
  return full ? 'VACUUM FULL' : null;
}
