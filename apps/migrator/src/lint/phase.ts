import type { AlterTableCmd, Node } from 'libpg-query';

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

export function alterCommands(node: Node): AlterTableCmd[] {
  if (!('AlterTableStmt' in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((command) =>
    'AlterTableCmd' in command ? [command.AlterTableCmd] : [],
  );
}

function phaseOfCommands(commands: readonly AlterTableCmd[]): Phase {
  return commands.some(({ subtype }) => CONTRACTING_COMMANDS.has(subtype ?? '')) ? 'contract' : 'expand';
}
