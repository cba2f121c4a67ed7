import type { Client } from 'pg';
import type { Catalog, CatalogObject } from './catalog';
import { CATALOG_QUERY } from './catalog-query';

/**
 * The schema as this session sees it, uncommitted changes of its own included. PostgreSQL words a definition by the
 * session's search path, so for the time of the reading it is the same for everybody.
 */
export async function readCatalog(client: Client, schema: string): Promise<Catalog> {
  const before = await client.query<{ path: string }>(`SELECT current_setting('search_path') AS path`);
  await setSearchPath(client, 'pg_catalog');
  const { rows } = await client.query<CatalogObject>(CATALOG_QUERY, [schema]);
  await setSearchPath(client, before.rows[0]?.path ?? '');
  return rows;
}

async function setSearchPath(client: Client, path: string): Promise<void> {
  await client.query(`SELECT set_config('search_path', $1, false)`, [path]);
}
