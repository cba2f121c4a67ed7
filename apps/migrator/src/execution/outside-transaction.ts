import type { Node } from 'libpg-query';
import type { Client } from 'pg';
import { relationName } from '../lint/relation';
import type { Statement } from '../lint/statement';

/**
 * Runs a statement that no transaction can hold so that it can be repeated after a crash: an index that was left
 * half built is invalid, and is built anew (https://www.postgresql.org/docs/current/sql-createindex.html).
 */
export async function runOutsideTransaction(
  client: Client,
  schema: string,
  { node, sql }: Statement,
): Promise<void> {
  const built = indexBuilt(node);
  if (built !== null) {
    const state = await indexState(client, schema, built);
    if (state === 'valid') return;
    if (state === 'invalid') await client.query(`DROP INDEX CONCURRENTLY "${schema}"."${built}"`);
  }
  const dropped = indexDropped(node);
  if (dropped !== null && (await indexState(client, schema, dropped)) === 'absent') return;
  await client.query(sql);
}

/** Takes away what a failed CREATE INDEX CONCURRENTLY leaves. */
export async function clearHalfBuilt(client: Client, schema: string, { node }: Statement): Promise<void> {
  const built = indexBuilt(node);
  if (built !== null && (await indexState(client, schema, built)) === 'invalid')
    await client.query(`DROP INDEX CONCURRENTLY "${schema}"."${built}"`);
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
