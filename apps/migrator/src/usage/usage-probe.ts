import type { Client } from 'pg';
import type { CatalogDifference } from '@croupier/persistence';
import type { Usage } from './usage';

/**
 * Counts the rows of the tables, and the values in the columns, that the changes have added. A default is no value.
 * It takes no lock that a player waits for.
 */
export async function probeUsage(
  client: Client,
  schema: string,
  changes: readonly CatalogDifference[],
): Promise<Usage> {
  const added = changes.filter(({ before }) => before === null);
  const tables = added.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  const usage: Record<string, number> = {};
  for (const table of tables)
    usage[table] = await count(client, `SELECT count(*) FROM ${quoted(schema, table)}`);
  for (const { kind, name } of added) {
    const [table = '', column = ''] = name.split('.');
    if (kind !== 'column' || tables.includes(table)) continue;
    const byDefault = await defaultOf(client, schema, table, column);
    usage[name] = await count(
      client,
      `SELECT count(*) FROM ${quoted(schema, table)} WHERE ${quoted(column)} IS DISTINCT FROM ${byDefault}`,
    );
  }
  return usage;
}

async function count(client: Client, sql: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(sql);
  return Number(rows[0]?.count ?? 0);
}

/** A default that is not the same for every row, such as now(), makes every row count as written. */
async function defaultOf(client: Client, schema: string, table: string, column: string): Promise<string> {
  const { rows } = await client.query<{ expression: string | null }>(
    `SELECT pg_get_expr(d.adbin, d.adrelid) AS expression FROM pg_attrdef d
     JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     WHERE d.adrelid = to_regclass($1) AND a.attname = $2`,
    [quoted(schema, table), column],
  );
  const expression = rows[0]?.expression;
  return expression ? `(${expression})` : 'NULL';
}

function quoted(...names: string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.');
}
