import type { ColumnDef, Constraint, Node } from 'libpg-query';
import type { Finding } from '../finding';
import { alterCommands } from '../phase';
import { relationName } from '../relation';
import type { Rule } from '../rule';

/** A constant or a stable default is kept in the catalogue; a volatile one is written into every row (PostgreSQL 11). */
const STABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'now',
  'transaction_timestamp',
  'statement_timestamp',
]);

export const addedColumn: Rule = ({ node, script, line }, { isNew }): Finding[] => {
  const table = tableOf(node);
  if (table === null || isNew(table)) return [];
  return alterCommands(node)
    .filter(({ subtype }) => subtype === 'AT_AddColumn')
    .flatMap(({ def }): Finding[] => {
      if (!def || !('ColumnDef' in def)) return [];
      const column = def.ColumnDef;
      const constraints = constraintsOf(column);
      const found: Finding[] = [];
      if (has(constraints, 'CONSTR_NOTNULL') && !fills(constraints))
        found.push({
          rule: 'not-null-without-default',
          severity: 'error',
          script,
          line,
          message: `${table}.${column.colname} is NOT NULL and has no default: rows that are there, and the version before, have no value for it`,
          remedy: 'Give it a default, or add it nullable, fill it, and make it NOT NULL one release later.',
        });
      if (isSerial(column) || rewrites(constraints))
        found.push({
          rule: 'default-rewrites',
          severity: 'error',
          script,
          line,
          message: `the default of ${table}.${column.colname} is worked out for each row: the table is rewritten under an exclusive lock`,
          remedy:
            'Add the column without a default, set the default afterwards, and fill the rows in batches.',
        });
      return found;
    });
};

export const setNotNull: Rule = ({ node, script, line }, { isNew }): Finding[] => {
  const table = tableOf(node);
  if (table === null || isNew(table)) return [];
  return alterCommands(node)
    .filter(({ subtype }) => subtype === 'AT_SetNotNull')
    .map(({ name }) => ({
      rule: 'set-not-null-scans',
      severity: 'warning',
      script,
      line,
      message: `${table} is read whole under an exclusive lock to see that ${name} is never null`,
      remedy: `First add CHECK (${name} IS NOT NULL) NOT VALID and validate it; PostgreSQL then skips the scan.`,
    }));
};

export const typeChange: Rule = ({ node, script, line }, { isNew }): Finding[] => {
  const table = tableOf(node);
  if (table === null || isNew(table)) return [];
  return alterCommands(node)
    .filter(({ subtype }) => subtype === 'AT_AlterColumnType')
    .map(({ name }) => ({
      rule: 'type-change-rewrites',
      severity: 'error',
      script,
      line,
      message: `changing the type of ${table}.${name} may rewrite the table under an exclusive lock, and the version before may not understand it`,
      remedy: 'Add a column of the new type, write both, and drop the old one in a later release.',
    }));
};

function tableOf(node: Node): string | null {
  return 'AlterTableStmt' in node ? relationName(node.AlterTableStmt.relation) : null;
}

/** `bigserial` is `bigint DEFAULT nextval(...)`. */
function isSerial({ typeName }: ColumnDef): boolean {
  const last = typeName?.names?.at(-1);
  return last !== undefined && 'String' in last && /serial[248]?$/.test(last.String.sval ?? '');
}

function constraintsOf({ constraints = [] }: ColumnDef): Constraint[] {
  return constraints.flatMap((constraint) => ('Constraint' in constraint ? [constraint.Constraint] : []));
}

function has(constraints: readonly Constraint[], contype: string): boolean {
  return constraints.some((constraint) => constraint.contype === contype);
}

function fills(constraints: readonly Constraint[]): boolean {
  return ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].some((kind) => has(constraints, kind));
}

function rewrites(constraints: readonly Constraint[]): boolean {
  if (has(constraints, 'CONSTR_IDENTITY') || has(constraints, 'CONSTR_GENERATED')) return true;
  const byDefault = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT');
  return (
    byDefault?.raw_expr !== undefined &&
    functionsIn(byDefault.raw_expr).some((name) => !STABLE_FUNCTIONS.has(name))
  );
}

/** The names of all functions that an expression calls, however deep. */
function functionsIn(expression: unknown): string[] {
  if (typeof expression !== 'object' || expression === null) return [];
  const below = Object.values(expression).flatMap(functionsIn);
  const call = (expression as { FuncCall?: { funcname?: readonly Node[] } }).FuncCall;
  const last = call?.funcname?.at(-1);
  return last && 'String' in last ? [...below, last.String.sval ?? ''] : below;
}
