import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { postgres } from './services/real-services';

export interface FreshDatabase {
  readonly url: string;
  /** Ends every session of the database and removes it. */
  drop(): Promise<void>;
}

/** An empty database of its own for a test, on the PostgreSQL that was found. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = await postgres();
  const name = `test_${randomBytes(8).toString('hex')}`;
  // template1 cannot be copied while somebody is connected to it; to template0 nobody can be.
  await administer(server.url, `CREATE DATABASE "${name}" TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => administer(server.url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
