import type { ReleaseId } from '@croupier/contracts';
import { appliedBy, type HistoryRow, type VersionRow } from './history';
import type { Migration, Script } from './migration';

export interface UndoStep {
  readonly row: VersionRow;
  readonly undo: Script;
}

export interface UndoPlan {
  /** Newest version first. */
  readonly steps: readonly UndoStep[];
  /** What stays, because it or something newer has no undo script. */
  readonly kept: readonly VersionRow[];
}

/**
 * Takes back what the release applied, newest first, up to the first version without an undo script: an older one
 * may be what that version stands on. What stays is an expand migration, which the version before can live with.
 */
export function undoPlan(
  history: readonly HistoryRow[],
  releaseId: ReleaseId,
  migrations: readonly Migration[],
): UndoPlan {
  const undos = new Map(migrations.map(({ script, undo }) => [script, undo]));
  const rows = appliedBy(history, releaseId).reverse();
  const steps: UndoStep[] = [];
  for (const row of rows) {
    const undo = undos.get(row.script);
    if (!undo) break;
    steps.push({ row, undo });
  }
  return { steps, kept: rows.slice(steps.length) };
}
