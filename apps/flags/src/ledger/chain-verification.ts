import { Injectable } from '@nestjs/common';
import { GENESIS_HASH, linkHash } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { HISTORY_COLUMNS, hashedPartOf, historyEntryOf, type HistoryRow } from './history-row';

const BATCH = 1_000;

/** Recomputes the hash chain of the whole history, a batch at a time. */
@Injectable()
export class ChainVerification {
  constructor(private readonly dataSource: DataSource) {}

  /** The revision at which the chain breaks, or null when it verifies. */
  async brokenAt(): Promise<number | null> {
    let previousHash = GENESIS_HASH;
    let seen: number | null = null;
    for (;;) {
      const rows: HistoryRow[] = await this.dataSource.query<HistoryRow[]>(
        `SELECT ${HISTORY_COLUMNS} FROM flag_history WHERE $1::bigint IS NULL OR revision > $1
         ORDER BY revision LIMIT ${BATCH}`,
        [seen],
      );
      for (const row of rows) {
        const entry = historyEntryOf(row);
        const fits =
          (seen === null || entry.revision === seen + 1) &&
          entry.previousHash === previousHash &&
          entry.hash === linkHash(previousHash, hashedPartOf({ ...entry, at: row.at }));
        if (!fits) return entry.revision;
        seen = entry.revision;
        previousHash = entry.hash;
      }
      if (rows.length < BATCH) return (await this.headHash()) === previousHash ? null : (seen ?? 0);
    }
  }

  private async headHash(): Promise<string | undefined> {
    const [head] = await this.dataSource.query<{ hash: string }[]>('SELECT hash FROM flag_head');
    return head?.hash;
  }
}
