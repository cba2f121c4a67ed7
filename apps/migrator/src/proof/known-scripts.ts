import { Injectable } from '@nestjs/common';
import { CHANGESET, repeatedRuns, standing, type HistoryRow } from '../engine/history';
import type { Migration } from '../engine/migration';
import { RunRepository } from '../plans/run-repository';

export type Past =
  | { readonly kind: 'known'; readonly migrations: readonly Migration[] }
  | { readonly kind: 'unknown'; readonly script: string };

/** The texts of what has been applied: every release's scripts are kept whole. */
@Injectable()
export class KnownScripts {
  constructor(private readonly runs: RunRepository) {}

  /**
   * In the order in which they came into force. Of what can be repeated also the earlier runs, where they are known:
   * what came after one may stand on it.
   */
  async inForce(subject: { provider: string; game: string }, history: readonly HistoryRow[]): Promise<Past> {
    const current = new Set(standing(history).map(({ installedRank }) => installedRank));
    const earlier = repeatedRuns(history).filter(({ installedRank }) => !current.has(installedRank));
    const rows = [...standing(history), ...earlier].sort((a, b) => a.installedRank - b.installedRank);
    const kept = await this.runs.keptScripts(subject);
    const migrations: Migration[] = [];
    for (const { script, checksum, installedRank, type } of rows) {
      const found = kept.find(
        (migration) =>
          // Liquibase itself compares the checksums of its own history.
          migration.script === script && (type === CHANGESET || migration.checksum === checksum),
      );
      if (found) migrations.push(found);
      else if (current.has(installedRank)) return { kind: 'unknown', script };
    }
    return { kind: 'known', migrations };
  }
}
