import { baselineOf, changedRepeatables, inForce, type HistoryRow } from './history';
import type { Migration } from './migration';
import { compareVersions, versionKey } from './migration-version';

export type PendingMigrations<Of extends Migration> =
  | { readonly kind: 'pending'; readonly migrations: readonly Of[] }
  | { readonly kind: 'refused'; readonly detail: string };

/** What only takes away waits for its time, and newer versions go before it. */
interface Phased {
  readonly phase?: 'expand' | 'contract';
}

/**
 * The migrations that the module's schema has not seen, in the order they came. Refuses, as `flyway validate` does,
 * a history that failed, a migration that was changed after it was applied, and one older than what is applied.
 * A release brings only its own scripts, so versions in the history that it does not bring are in order.
 * An empty history begins with the baseline. What can be repeated goes last, whenever its text is not what was applied.
 */
export function pendingOf<Of extends Migration & Phased>(
  migrations: readonly Of[],
  history: readonly HistoryRow[],
): PendingMigrations<Of> {
  const failed = history.find((row) => !row.success);
  if (failed) return refused(`the history holds ${failed.script}, which failed; repair the schema first`);

  const applied = inForce(history);
  const appliedByKey = new Map(applied.map((row) => [versionKey(row.version), row]));
  const latest = applied.at(-1)?.version;
  const begin = applied.length === 0 ? migrations.find(({ kind }) => kind === 'baseline') : undefined;
  const baseline = begin?.version ?? baselineOf(history);
  const pending: Of[] = begin ? [begin] : [];
  for (const migration of migrations) {
    if (migration.kind !== 'versioned') continue;
    if (baseline !== null && compareVersions(migration.version, baseline) <= 0) continue;
    const row = appliedByKey.get(versionKey(migration.version));
    if (row && row.checksum !== migration.checksum)
      return refused(
        `${migration.script} was changed after ${row.script} had been applied; add a new version`,
      );
    if (row) continue;
    const isLate = latest !== undefined && compareVersions(migration.version, latest) < 0;
    if (isLate && migration.phase !== 'contract')
      return refused(
        `${migration.script} is older than ${latest}, which is applied; give it a higher version`,
      );
    pending.push(migration);
  }
  const repeatables = migrations.filter(({ kind }) => kind === 'repeatable');
  pending.push(...changedRepeatables(repeatables, history));
  return { kind: 'pending', migrations: pending };
}

function refused(detail: string): { kind: 'refused'; detail: string } {
  return { kind: 'refused', detail };
}
