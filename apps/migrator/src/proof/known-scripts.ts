import { Injectable } from '@nestjs/common';
import { inForce, type HistoryRow } from '../engine/history';
import type { Migration } from '../engine/migration';
import { RunRepository } from '../plans/run-repository';

export type Past =
  | { readonly kind: 'known'; readonly migrations: readonly Migration[] }
  | { readonly kind: 'unknown'; readonly script: string };

/** The texts of what has been applied: every release's scripts are kept whole. */
@Injectable()
export class KnownScripts {
  constructor(private readonly runs: RunRepository) {}

  /** In the order in which they came into force. */
  async inForce(subject: { provider: string; game: string }, history: readonly HistoryRow[]): Promise<Past> {
    const rows = [...inForce(history)].sort((a, b) => a.installedRank - b.installedRank);
    const kept = await this.runs.keptScripts(subject);
    const migrations: Migration[] = [];
    for (const { script, checksum } of rows) {
      const found = kept.find((migration) => migration.script === script && migration.checksum === checksum);
      if (!found) return { kind: 'unknown', script };
      migrations.push(found);
    }
    return { kind: 'known', migrations };
  }
}
