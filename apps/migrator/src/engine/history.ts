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
export const BASELINED = 'SQL_BASELINE';
/** Flyway's own marker: `flyway baseline` wrote it, and ran nothing. */
export const BASELINE_MARK = 'BASELINE';

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

/** Up to which version the schema began with everything; null when it began empty. */
export function baselineOf(history: readonly HistoryRow[]): string | null {
  const marks = inForce(history).filter(({ type }) => type === BASELINED || type === BASELINE_MARK);
  return marks.at(-1)?.version ?? null;
}

/** The repeatables whose text differs from what was applied last. */
export function changedRepeatables<Of extends { script: string; checksum: number }>(
  repeatables: readonly Of[],
  history: readonly HistoryRow[],
): Of[] {
  const latest = new Map<string, number | null>();
  for (const row of [...history].sort((a, b) => a.installedRank - b.installedRank))
    if (!hasVersion(row)) latest.set(row.script, row.checksum);
  return repeatables.filter(({ script, checksum }) => latest.get(script) !== checksum);
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
