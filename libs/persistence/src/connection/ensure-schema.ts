import { Client, type ClientConfig } from 'pg';

/** Creates the schema when it is missing. */
export async function ensureSchema(settings: ClientConfig, schema: string): Promise<void> {
  const client = new Client(settings);
  // Without a listener a session the server ends would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // CREATE SCHEMA IF NOT EXISTS asks for the privilege even when there is nothing to create.
    const found = await client.query<{ oid: string | null }>('SELECT to_regnamespace($1) AS oid', [schema]);
    if (found.rows[0]?.oid) return;
    // IF NOT EXISTS alone is no protection from another replica creating it in the same instant.
    await client.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('croupier.schema.${schema}', 0)); CREATE SCHEMA IF NOT EXISTS "${schema}"`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
