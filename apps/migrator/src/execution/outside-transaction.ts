import type { Node, ReindexStmt } from 'libpg-query';
import type { Client, QueryConfig } from 'pg';
import { relationName } from '../lint/relation';
import type { Statement } from '../lint/statement';

/** An index takes as long as its table is large, and waits for all who might not know of it: the longest of timers. */
const ANSWER_DEADLINE_MS = 2 ** 31 - 1;

/**
 * Runs a statement that no transaction can hold so that it can be repeated after a crash: an index that was left
 * half built is invalid, and is built anew (https://www.postgresql.org/docs/current/sql-createindex.html).
 */
export async function runOutsideTransaction(
  client: Client,
  schema: string,
  statement: Statement,
): Promise<void> {
  const built = indexBuilt(statement.node);
  if (built !== null && (await indexState(client, schema, built)) === 'valid') return;
  const dropped = indexDropped(statement.node);
  if (dropped !== null && (await indexState(client, schema, dropped)) === 'absent') return;
  await clearHalfBuilt(client, schema, statement);
  await unhurried(client, statement.sql);
}

/** Takes away what a failed CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY leaves. */
export async function clearHalfBuilt(client: Client, schema: string, { node }: Statement): Promise<void> {
  const built = indexBuilt(node);
  const halves = 'ReindexStmt' in node ? await halfReindexed(client, schema, node.ReindexStmt) : [];
  if (built !== null && (await indexState(client, schema, built)) === 'invalid') halves.push(built);
  for (const index of halves) await unhurried(client, `DROP INDEX CONCURRENTLY "${schema}"."${index}"`);
}

async function unhurried(client: Client, text: string): Promise<void> {
  // The types do not know of it: https://node-postgres.com/apis/client#queryconfig
  const query: QueryConfig & { query_timeout: number } = { text, query_timeout: ANSWER_DEADLINE_MS };
  await client.query(query);
}

/**
 * The copies of the named index, of the table's indexes or of the schema's, that were not finished, or were replaced and
 * not dropped (https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY).
 */
async function halfReindexed(client: Client, schema: string, { relation }: ReindexStmt): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = to_regnamespace($1) AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
       AND ($2::text IS NULL OR i.indrelid = (
         SELECT coalesce(x.indrelid, r.oid) FROM pg_class r LEFT JOIN pg_index x ON x.indexrelid = r.oid
         WHERE r.relnamespace = c.relnamespace AND r.relname = $2))`,
    [`"${schema}"`, relation?.relname ?? null],
  );
  return rows.map(({ name }) => name);
}

function indexBuilt(node: Node): string | null {
  return 'IndexStmt' in node ? (node.IndexStmt.idxname ?? null) : null;
}

function indexDropped(node: Node): string | null {
  if (!('DropStmt' in node)) return null;
  const [first] = node.DropStmt.objects ?? [];
  const name = first && 'List' in first ? first.List.items?.at(-1) : undefined;
  return name && 'String' in name ? relationName({ relname: name.String.sval ?? '' }) : null;
}

async function indexState(
  client: Client,
  schema: string,
  index: string,
): Promise<'valid' | 'invalid' | 'absent'> {
  const { rows } = await client.query<{ indisvalid: boolean }>(
    `SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, index],
  );
  const [row] = rows;
  if (!row) return 'absent';
  return row.indisvalid ? 'valid' : 'invalid';
}
