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

/** Not Flyway's: a row of Liquibase's `databasechangelog`. */
export const CHANGESET = 'CHANGESET';

/** What stands in `installed_by`: who applied what is known in the same transaction as that it was applied. */
export function markOf(releaseId: ReleaseId): string {
  return `croupier:${releaseId}`;
}

/** Who put back the former text of what can be repeated: not the one who brought that text. */
export function undoMarkOf(mark: string): string {
  return `${mark}:undo`;
}

/** The latest applied row of every version that has not been undone since, oldest version first. */
export function inForce(history: readonly HistoryRow[]): VersionRow[] {
  const latest = new Map<string, VersionRow>();
  for (const row of byRank(history)) {
    if (!hasVersion(row) || row.type === CHANGESET) continue;
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

/** All that is there and has not been undone, the newest last. Of what can be repeated the latest run. */
export function standing(history: readonly HistoryRow[]): VersionRow[] {
  const repeated = new Map<string, VersionRow>();
  for (const row of byRank(history))
    if (isRepeatable(row)) {
      repeated.delete(row.script);
      repeated.set(row.script, { ...row, version: '' });
    }
  const changesets = byRank(history).filter(hasVersion);
  return [...inForce(history), ...repeated.values(), ...changesets.filter(({ type }) => type === CHANGESET)];
}

/** The repeatables whose text differs from what was applied last. */
export function changedRepeatables<Of extends { script: string; checksum: number }>(
  repeatables: readonly Of[],
  history: readonly HistoryRow[],
): Of[] {
  const latest = new Map<string, number | null>();
  for (const row of byRank(history)) if (isRepeatable(row)) latest.set(row.script, row.checksum);
  return repeatables.filter(({ script, checksum }) => latest.get(script) !== checksum);
}

/** What the release applied and is still there, the newest last. */
export function appliedBy(history: readonly HistoryRow[], releaseId: ReleaseId): VersionRow[] {
  return standing(history).filter((row) => row.installedBy === markOf(releaseId));
}

/** The undo scripts that were run for the release, in the order of their run. */
export function undoneFor(history: readonly HistoryRow[], releaseId: ReleaseId): VersionRow[] {
  const mark = markOf(releaseId);
  return byRank(history).flatMap((row) => {
    if (isRepeatable(row)) return row.installedBy === undoMarkOf(mark) ? [{ ...row, version: '' }] : [];
    return hasVersion(row) && row.type === UNDONE && row.installedBy === mark ? [row] : [];
  });
}

/** Every run of what can be repeated, but those that have been undone. */
export function repeatedRuns(history: readonly HistoryRow[]): HistoryRow[] {
  const runs = byRank(history).filter(isRepeatable);
  return runs.filter(
    ({ script, installedBy, installedRank }) =>
      !runs.some(
        (later) =>
          later.script === script &&
          later.installedRank > installedRank &&
          later.installedBy === undoMarkOf(installedBy),
      ),
  );
}

function isRepeatable({ version, type }: HistoryRow): boolean {
  return version === null && type === APPLIED;
}

function byRank(history: readonly HistoryRow[]): HistoryRow[] {
  return [...history].sort((a, b) => a.installedRank - b.installedRank);
}

/** Repeatable migrations and Flyway's own schema marker have none. */
function hasVersion(row: HistoryRow): row is VersionRow {
  return row.version !== null;
}
