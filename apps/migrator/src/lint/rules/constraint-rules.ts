import type { Constraint } from 'libpg-query';
import type { Finding } from '../finding';
import { alterCommands } from '../phase';
import { relationName } from '../relation';
import type { Rule } from '../rule';

/** https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES */
export const addedConstraint: Rule = ({ node, script, line }, { isNew }): Finding[] => {
  if (!('AlterTableStmt' in node)) return [];
  const table = relationName(node.AlterTableStmt.relation);
  if (isNew(table)) return [];
  return alterCommands(node).flatMap(({ subtype, def }): Finding[] => {
    if (subtype !== 'AT_AddConstraint' || !def || !('Constraint' in def)) return [];
    const constraint = def.Constraint;
    const name = constraint.conname ?? 'the constraint';
    if (scansRows(constraint))
      return [
        {
          rule: 'constraint-scans',
          severity: 'error',
          script,
          line,
          message: `all rows of ${table} are checked against ${name} under a lock`,
          remedy: 'Add it NOT VALID, and VALIDATE CONSTRAINT in a later script.',
        },
      ];
    if (buildsIndex(constraint))
      return [
        {
          rule: 'key-blocks-writes',
          severity: 'error',
          script,
          line,
          message: `${table} is locked while the index of ${name} is built`,
          remedy: 'CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT ... USING INDEX.',
        },
      ];
    return [];
  });
};

function scansRows({ contype, skip_validation }: Constraint): boolean {
  return !skip_validation && (contype === 'CONSTR_FOREIGN' || contype === 'CONSTR_CHECK');
}

function buildsIndex({ contype, indexname }: Constraint): boolean {
  const keyed = contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_EXCLUSION';
  return keyed && !indexname;
}
