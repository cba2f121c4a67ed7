import type { Finding } from '../finding';
import { relationName } from '../relation';
import type { Rule } from '../rule';

/** CREATE INDEX takes a SHARE lock for as long as it builds (https://www.postgresql.org/docs/current/sql-createindex.html). */
export const indexBuild: Rule = ({ node, script, line }, { isNew }): Finding[] => {
  if (!('IndexStmt' in node)) return [];
  const { concurrent, relation, idxname = 'the index' } = node.IndexStmt;
  const table = relationName(relation);
  if (concurrent || isNew(table)) return [];
  return [
    {
      rule: 'index-blocks-writes',
      severity: 'error',
      script,
      line,
      message: `${table} takes no writes while ${idxname} is built`,
      remedy: 'Use CREATE INDEX CONCURRENTLY in a script of its own.',
    },
  ];
};

export const indexDrop: Rule = ({ node, script, line }): Finding[] => {
  if (!('DropStmt' in node)) return [];
  const { removeType, concurrent } = node.DropStmt;
  if (removeType !== 'OBJECT_INDEX' || concurrent) return [];
  return [
    {
      rule: 'index-drop-blocks',
      severity: 'warning',
      script,
      line,
      message: 'dropping an index waits for, and then blocks, everybody who uses its table',
      remedy: 'Use DROP INDEX CONCURRENTLY in a script of its own.',
    },
  ];
};
