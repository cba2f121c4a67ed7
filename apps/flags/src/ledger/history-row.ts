import type { FlagHistoryEntry } from '@croupier/contracts';

export interface HistoryRow extends Omit<FlagHistoryEntry, 'revision' | 'at'> {
  readonly revision: string;
  readonly at: Date;
}

export const HISTORY_COLUMNS = `revision, kind, name, version, before, after, author, reason, cause,
  release_id AS "releaseId", at, previous_hash AS "previousHash", hash`;

/** What an entry's hash covers. */
export function hashedPartOf(
  entry: Omit<FlagHistoryEntry, 'at' | 'hash' | 'previousHash'> & { readonly at: Date },
): unknown[] {
  const { revision, kind, name, version, before, after, author, reason, cause, releaseId, at } = entry;
  return [
    Number(revision),
    kind,
    name,
    version,
    before,
    after,
    author,
    reason,
    cause,
    releaseId,
    at.getTime(),
  ];
}

export function historyEntryOf(row: HistoryRow): FlagHistoryEntry {
  return { ...row, revision: Number(row.revision), at: row.at.toISOString() };
}
