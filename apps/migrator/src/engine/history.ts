import type { ReleaseId } from '@croupier/contracts';
import { compareVersions, versionKey } from './migration-version';

/** One row of Flyway's `flyway_schema_history`. */
export interface HistoryRow {
  readonly installedRank: number;
  readonly version: string | null;
  readonly description: string;
  readonly type: string;
  readonly script: string;
  readonly checksum: number | null;
  readonly installedBy: string;
  readonly executionTimeMs: number;
  readonly success: boolean;
}

export interface VersionRow extends HistoryRow {
  readonly version: string;
}

/** Flyway's types of the rows this service writes. */
export const APPLIED = 'SQL';
export const UNDONE = 'UNDO_SQL';

/** What stands in `installed_by`: who applied what is known in the same transaction as that it was applied. */
export function markOf(releaseId: ReleaseId): string {
  return `croupier:${releaseId}`;
}

/** The latest applied row of every version that has not been undone since, oldest version first. */
export function inForce(history: readonly HistoryRow[]): VersionRow[] {
  const latest = new Map<string, VersionRow>();
  for (const row of [...history].sort((a, b) => a.installedRank - b.installedRank)) {
    if (!hasVersion(row)) continue;
    if (row.type === UNDONE) latest.delete(versionKey(row.version));
    else latest.set(versionKey(row.version), row);
  }
  return [...latest.values()].sort((a, b) => compareVersions(a.version, b.version));
}

/** What the release applied and is still there, oldest version first. */
export function appliedBy(history: readonly HistoryRow[], releaseId: ReleaseId): VersionRow[] {
  return inForce(history).filter((row) => row.installedBy === markOf(releaseId));
}

/** The undo scripts that were run for the release, in the order of their run. */
export function undoneFor(history: readonly HistoryRow[], releaseId: ReleaseId): VersionRow[] {
  return history
    .filter(hasVersion)
    .filter((row) => row.type === UNDONE && row.installedBy === markOf(releaseId))
    .sort((a, b) => a.installedRank - b.installedRank);
}

/** Repeatable migrations and Flyway's own schema marker have none. */
function hasVersion(row: HistoryRow): row is VersionRow {
  return row.version !== null;
}
