import type { Client } from 'pg';
import type { Catalog, CatalogObject } from './catalog';
import { CATALOG_QUERY } from './catalog-query';

/** The schema as this session sees it, uncommitted changes of its own included. */
export async function readCatalog(client: Client, schema: string): Promise<Catalog> {
  const { rows } = await client.query<CatalogObject>(CATALOG_QUERY, [schema]);
  return rows;
}
