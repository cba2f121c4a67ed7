import { standing, type HistoryRow } from './history';
import type { Migration } from './migration';

/**
 * What undoes a script that can be repeated is its text before. One that nothing here knows the text before of has no
 * undo, and stays.
 */
export function withFormerTexts<Of extends Migration>(
  brought: readonly Of[],
  history: readonly HistoryRow[],
  known: readonly Migration[],
): Of[] {
  const rows = standing(history);
  return brought.map((migration) => {
    if (migration.kind !== 'repeatable') return migration;
    const row = rows.find(({ script }) => script === migration.script);
    const former = known.find(
      ({ script, checksum }) => script === migration.script && checksum === row?.checksum,
    );
    return former ? { ...migration, undo: { script: former.script, sql: former.sql } } : migration;
  });
}
