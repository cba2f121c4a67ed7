import type { Node } from 'libpg-query';
import type { Script } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import { statementsOf, type Statement } from '../lint/statement';
import { runsInTransaction } from '../lint/transactional';

/** A script that can be run: its statements, and whether a transaction may hold them. */
export interface PreparedScript<Of extends Script = Script> {
  readonly source: Of;
  readonly statements: readonly Statement[];
  readonly transactional: boolean;
}

/**
 * Outside a transaction a crash leaves what was done by then, so only what can be repeated, alone in its script, may
 * go there. @throws MigrationFailure
 */
export async function prepare<Of extends Script>(source: Of): Promise<PreparedScript<Of>> {
  const statements = await statementsOf(source);
  for (const { node, script, line } of statements)
    if ('TransactionStmt' in node)
      throw new MigrationFailure(
        `${script} line ${line}: BEGIN, COMMIT and ROLLBACK are not for scripts; the migrator holds the transaction`,
      );
  const outside = statements.find(({ node }) => !runsInTransaction(node));
  if (!outside) return { source, statements, transactional: true };
  const place = `${outside.script} line ${outside.line}`;
  if (statements.length > 1)
    throw new MigrationFailure(`${place}: what cannot run in a transaction needs a script of its own`);
  if (!canBeRepeated(outside.node))
    throw new MigrationFailure(
      `${place}: outside a transaction only CREATE INDEX, DROP INDEX and REINDEX CONCURRENTLY and VACUUM may run`,
    );
  return { source, statements, transactional: false };
}

function canBeRepeated(node: Node): boolean {
  if ('IndexStmt' in node) return node.IndexStmt.idxname !== undefined;
  if ('DropStmt' in node) return node.DropStmt.removeType === 'OBJECT_INDEX';
  return 'ReindexStmt' in node || 'VacuumStmt' in node;
}

/** Scripts that are run together: all that may share a transaction, or one that has none. */
export function segmentsOf<Of extends Script>(
  scripts: readonly PreparedScript<Of>[],
): PreparedScript<Of>[][] {
  const segments: PreparedScript<Of>[][] = [];
  for (const script of scripts) {
    const last = segments.at(-1);
    if (script.transactional && last?.[0]?.transactional) last.push(script);
    else segments.push([script]);
  }
  return segments;
}
