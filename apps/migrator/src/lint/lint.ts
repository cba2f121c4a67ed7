import type { Migration, MigrationKind } from '../engine/migration';
import type { Finding } from './finding';
import { phaseOf } from './phase';
import { createdBy } from './relation';
import type { LintContext, Rule } from './rule';
import { addedColumn, setNotNull, typeChange } from './rules/column-rules';
import { addedConstraint } from './rules/constraint-rules';
import { indexBuild, indexDrop } from './rules/index-rules';
import { heavyLock, wholeTable } from './rules/table-rules';
import { statementsOf, type Statement } from './statement';
import { runsInTransaction } from './transactional';

const RULES: readonly Rule[] = [
  indexBuild,
  indexDrop,
  addedColumn,
  setNotNull,
  typeChange,
  addedConstraint,
  wholeTable,
  heavyLock,
];

/** A baseline is never undone, and what can be repeated by its text before. */
const UNDO_REMEDIES: Partial<Record<MigrationKind, string>> = {
  versioned: 'Bring a U script of the same version.',
  changeset: 'Give the changeset a --rollback.',
};

/** What the pending migrations of a release do that can hurt. @throws MigrationFailure for what is no SQL */
export async function lintMigrations(migrations: readonly Migration[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const created = new Set<string>();
  const context: LintContext = { isNew: (table) => created.has(table) };
  for (const migration of migrations) {
    const statements = await statementsOf(migration);
    for (const statement of statements) {
      findings.push(...RULES.flatMap((rule) => rule(statement, context)));
      for (const table of createdBy(statement.node)) created.add(table);
    }
    findings.push(...ofWholeScript(migration, statements));
  }
  const waived = new Map(migrations.map(({ script, sql }) => [script, waivedIn(sql)]));
  return findings.filter(({ script, rule }) => !waived.get(script)?.has(rule));
}

/** `-- croupier:allow index-blocks-writes`: the module's team knows better, say that the table is small. */
function waivedIn(sql: string): ReadonlySet<string> {
  return new Set([...sql.matchAll(/^\s*--\s*croupier:allow\s+([a-z-]+)/gm)].map(([, rule]) => rule ?? ''));
}

function ofWholeScript({ kind, script, undo }: Migration, statements: readonly Statement[]): Finding[] {
  const findings: Finding[] = [];
  const phases = new Set(statements.map(({ node }) => phaseOf(node)));
  if (kind !== 'repeatable' && phases.has('expand') && phases.has('contract'))
    findings.push({
      rule: 'mixed-phases',
      severity: 'error',
      script,
      line: null,
      message: 'the script both adds and takes away: it can run neither before the rollout nor after it',
      remedy: 'Split it into one script that adds and one, named with contract, that takes away.',
    });
  if (kind in UNDO_REMEDIES && undo === null && !phases.has('contract'))
    findings.push({
      rule: 'missing-undo',
      severity: 'warning',
      script,
      line: null,
      message: 'there is no undo script: what it adds stays after a rollback',
      remedy: UNDO_REMEDIES[kind] ?? '',
    });
  const outside = statements.find(({ node }) => !runsInTransaction(node));
  if (outside)
    findings.push({
      rule: 'not-transactional',
      severity: statements.length === 1 ? 'warning' : 'error',
      script,
      line: outside.line,
      message: 'it cannot run in a transaction: when it fails, what it has done by then stays',
      remedy: 'Give the statement a script of its own.',
    });
  return findings;
}
