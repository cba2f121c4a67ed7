import type { Client } from 'pg';
import type { HistoryRow } from '../engine/history';

export async function createSchema(client: Client, schema: string): Promise<void> {
  const found = await client.query<{ oid: string | null }>('SELECT to_regnamespace($1) AS oid', [schema]);
  // IF NOT EXISTS asks for the privilege to create schemas even when there is nothing to create.
  if (!found.rows[0]?.oid) await client.query(`CREATE SCHEMA "${schema}"`);
}

/** Flyway's own table (`createSchemaHistoryTable` of its PostgreSQL support), so that its tools read it, too. */
export async function createHistoryTable(client: Client, schema: string): Promise<void> {
  await createSchema(client, schema);
  await client.query(`
    CREATE TABLE IF NOT EXISTS "${schema}".flyway_schema_history (
      installed_rank INT NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
      version VARCHAR(50),
      description VARCHAR(200) NOT NULL,
      type VARCHAR(20) NOT NULL,
      script VARCHAR(1000) NOT NULL,
      checksum INTEGER,
      installed_by VARCHAR(100) NOT NULL,
      installed_on TIMESTAMP NOT NULL DEFAULT now(),
      execution_time INTEGER NOT NULL,
      success BOOLEAN NOT NULL
    )`);
  await client.query(`
    CREATE INDEX IF NOT EXISTS flyway_schema_history_s_idx ON "${schema}".flyway_schema_history (success)`);
}

export async function readHistory(client: Client, schema: string): Promise<HistoryRow[]> {
  const table = `"${schema}".flyway_schema_history`;
  const found = await client.query<{ oid: string | null }>('SELECT to_regclass($1) AS oid', [table]);
  if (!found.rows[0]?.oid) return [];
  const { rows } = await client.query<HistoryRow>(`
    SELECT installed_rank AS "installedRank", version, description, type, script, checksum,
      installed_by AS "installedBy", execution_time AS "executionTimeMs", success
    FROM ${table} ORDER BY installed_rank`);
  return rows;
}

/** Answers the scripts whose rows are gone. */
export async function removeFailed(client: Client, schema: string): Promise<string[]> {
  if ((await readHistory(client, schema)).length === 0) return [];
  const { rows } = await client.query<{ script: string }>(
    `DELETE FROM "${schema}".flyway_schema_history WHERE NOT success RETURNING script`,
  );
  return rows.map(({ script }) => script);
}

export type NewHistoryRow = Omit<HistoryRow, 'installedRank' | 'success'>;

export async function appendHistory(client: Client, schema: string, row: NewHistoryRow): Promise<void> {
  const table = `"${schema}".flyway_schema_history`;
  await client.query(
    `INSERT INTO ${table} (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
     SELECT coalesce(max(installed_rank), 0) + 1, $1, $2, $3, $4, $5, $6, $7, true FROM ${table}`,
    [
      row.version,
      row.description,
      row.type,
      row.script,
      row.checksum,
      row.installedBy,
      Math.round(row.executionTimeMs),
    ],
  );
}
