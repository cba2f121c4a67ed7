import type { Client } from 'pg';
import { CHANGESET, type HistoryRow } from '../engine/history';
import { LOCK_NAME, sessionNameOf } from './liquibase-program';

const MARK = 'croupier:';

interface ChangelogRow {
  readonly id: string;
  readonly author: string;
  readonly filename: string;
  readonly rank: number;
  readonly comments: string | null;
  readonly labels: string | null;
}

/** Liquibase's own table. Its checksums are left to Liquibase, which compares them at each command. */
export async function readChangelogHistory(client: Client, schema: string): Promise<HistoryRow[]> {
  const table = `"${schema}".databasechangelog`;
  if (!(await isThere(client, table))) return [];
  const { rows } = await client.query<ChangelogRow>(
    `SELECT id, author, filename, orderexecuted AS rank, comments, labels FROM ${table}
     ORDER BY orderexecuted, dateexecuted`,
  );
  return rows.map(({ id, author, filename, rank, comments, labels }) => ({
    installedRank: rank,
    version: id,
    description: comments || id,
    type: CHANGESET,
    script: `${filename}::${id}::${author}`,
    checksum: null,
    installedBy: markIn(labels) ?? 'liquibase',
    executionTimeMs: 0,
    success: true,
  }));
}

/**
 * What a Liquibase of ours that was ended on its way has left: its session, and then its lock. Only for whoever holds
 * the module's lock: no other of ours can be running.
 */
export async function clearLeftovers(client: Client, schema: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE application_name = $1 AND datname = current_database() AND usename = current_user`,
    [sessionNameOf(schema)],
  );
  const table = `"${schema}".databasechangeloglock`;
  if (await isThere(client, table))
    await client.query(
      `UPDATE ${table} SET locked = false, lockgranted = NULL, lockedby = NULL WHERE locked AND lockedby LIKE $1`,
      [`%#${LOCK_NAME}%`],
    );
}

async function isThere(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ oid: string | null }>('SELECT to_regclass($1) AS oid', [table]);
  return rows[0]?.oid != null;
}

function markIn(labels: string | null): string | undefined {
  return labels
    ?.split(',')
    .map((label) => label.trim())
    .find((label) => label.startsWith(MARK));
}
