import { inForce, type HistoryRow } from './history';
import type { Migration } from './migration';
import { compareVersions, versionKey } from './migration-version';

export type PendingMigrations =
  | { readonly kind: 'pending'; readonly migrations: readonly Migration[] }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * The migrations that the module's schema has not seen, in the order they came. Refuses, as `flyway validate` does,
 * a history that failed, a migration that was changed after it was applied, and one older than what is applied.
 * A release brings only its own scripts, so versions in the history that it does not bring are in order.
 */
export function pendingOf(
  migrations: readonly Migration[],
  history: readonly HistoryRow[],
): PendingMigrations {
  const failed = history.find((row) => !row.success);
  if (failed) return refused(`the history holds ${failed.script}, which failed; repair the schema first`);

  const applied = inForce(history);
  const appliedByKey = new Map(applied.map((row) => [versionKey(row.version), row]));
  const latest = applied.at(-1)?.version;
  const pending: Migration[] = [];
  for (const migration of migrations) {
    const row = appliedByKey.get(versionKey(migration.version));
    if (row && row.checksum !== migration.checksum)
      return refused(
        `${migration.script} was changed after ${row.script} had been applied; add a new version`,
      );
    if (row) continue;
    if (latest !== undefined && compareVersions(migration.version, latest) < 0)
      return refused(
        `${migration.script} is older than ${latest}, which is applied; give it a higher version`,
      );
    pending.push(migration);
  }
  return { kind: 'pending', migrations: pending };
}

function refused(detail: string): PendingMigrations {
  return { kind: 'refused', detail };
}
