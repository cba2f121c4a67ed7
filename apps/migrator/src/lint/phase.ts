import type { AlterTableCmd, Node } from 'libpg-query';
import type { Migration } from '../engine/migration';
import { statementsOf } from './statement';

/**
 * `expand` adds what the version before does not see; `contract` takes away or changes what it may use
 * (https://martinfowler.com/bliki/ParallelChange.html). `neither` is data.
 */
export type Phase = 'expand' | 'contract' | 'neither';

const CONTRACTING_COMMANDS: ReadonlySet<string> = new Set([
  'AT_DropColumn',
  'AT_AlterColumnType',
  'AT_SetNotNull',
  'AT_DropExpression',
  'AT_DetachPartition',
]);

/** Kinds of objects whose removal no running query notices. */
const UNSEEN: ReadonlySet<string> = new Set(['OBJECT_INDEX', 'OBJECT_STATISTIC_EXT', 'OBJECT_TRIGGER']);

const DATA: readonly string[] = [
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
  'DoStmt',
  'CopyStmt',
];

export function phaseOf(node: Node): Phase {
  if ('DropStmt' in node) return UNSEEN.has(node.DropStmt.removeType ?? '') ? 'neither' : 'contract';
  if ('RenameStmt' in node) return UNSEEN.has(node.RenameStmt.renameType ?? '') ? 'neither' : 'contract';
  if ('TruncateStmt' in node) return 'contract';
  if ('AlterTableStmt' in node) return phaseOfCommands(alterCommands(node));
  return DATA.some((kind) => kind in node) ? 'neither' : 'expand';
}

/** Applied before the version gets traffic, or after the version before it has lost the way back. */
export interface PhasedMigration extends Migration {
  readonly phase: 'expand' | 'contract';
}

/**
 * A script waits for the end of the old version as soon as one of its statements has to, unless it says
 * `-- croupier:phase expand`. @throws MigrationFailure for what is no SQL
 */
export function withPhases(migrations: readonly Migration[]): Promise<PhasedMigration[]> {
  return Promise.all(
    migrations.map(async (migration) => {
      const [, told] = /^\s*--\s*croupier:phase\s+(expand|contract)\s*$/m.exec(migration.sql) ?? [];
      if (told === 'expand' || told === 'contract') return { ...migration, phase: told };
      // A view that is dropped and made anew, in one transaction, takes nothing away.
      if (migration.kind === 'repeatable') return { ...migration, phase: 'expand' as const };
      const statements = await statementsOf(migration);
      const contracts = statements.some(({ node }) => phaseOf(node) === 'contract');
      return { ...migration, phase: contracts ? ('contract' as const) : ('expand' as const) };
    }),
  );
}

export function alterCommands(node: Node): AlterTableCmd[] {
  if (!('AlterTableStmt' in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((command) =>
    'AlterTableCmd' in command ? [command.AlterTableCmd] : [],
  );
}

function phaseOfCommands(commands: readonly AlterTableCmd[]): Phase {
  return commands.some(({ subtype }) => CONTRACTING_COMMANDS.has(subtype ?? '')) ? 'contract' : 'expand';
}
