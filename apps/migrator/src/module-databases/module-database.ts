import type { Client } from 'pg';
import { checksumOf } from '../engine/checksum';
import { APPLIED, UNDONE, type HistoryRow } from '../engine/history';
import type { Migration, Script } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import { describeFault, isFaultOfScript, type SqlFault } from '../engine/sql-fault';
import type { UndoStep } from '../engine/undo';
import { appendHistory, createHistoryTable, readHistory } from './history-table';

export interface Limits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** One module's schema, on the session that holds its lock. */
export class ModuleDatabase {
  constructor(
    private readonly client: Client,
    private readonly schema: string,
    private readonly limits: Limits,
  ) {}

  history(): Promise<HistoryRow[]> {
    return readHistory(this.client, this.schema);
  }

  /** Runs all of them in one transaction and takes it back. Answers the milliseconds each took. */
  rehearse(migrations: readonly Migration[]): Promise<number[]> {
    return this.inTransaction('ROLLBACK', () => this.applyEach(migrations, 'croupier:dry-run'));
  }

  /** All of them or none. */
  async apply(migrations: readonly Migration[], installedBy: string): Promise<void> {
    await this.inTransaction('COMMIT', () => this.applyEach(migrations, installedBy));
  }

  /** All of them or none. */
  async undo(steps: readonly UndoStep[], installedBy: string): Promise<void> {
    await this.inTransaction('COMMIT', async () => {
      for (const { row, undo } of steps) {
        const { version, description } = row;
        const executionTimeMs = await this.run(undo);
        await appendHistory(this.client, this.schema, {
          version,
          description,
          type: UNDONE,
          script: undo.script,
          checksum: checksumOf(undo.sql),
          installedBy,
          executionTimeMs,
        });
      }
    });
  }

  private async applyEach(migrations: readonly Migration[], installedBy: string): Promise<number[]> {
    const durationsMs: number[] = [];
    await createHistoryTable(this.client, this.schema);
    for (const migration of migrations) {
      const { version, description, script, checksum } = migration;
      const executionTimeMs = await this.run(migration);
      durationsMs.push(executionTimeMs);
      await appendHistory(this.client, this.schema, {
        version,
        description,
        type: APPLIED,
        script,
        checksum,
        installedBy,
        executionTimeMs,
      });
    }
    return durationsMs;
  }

  /**
   * PL/pgSQL's EXECUTE takes many statements but no BEGIN, COMMIT or ROLLBACK, so a script cannot leave the
   * transaction that makes a dry run dry. The settings are made anew for each script, as the one before may have
   * changed them.
   */
  private async run({ script, sql }: Script): Promise<number> {
    await this.client.query(
      `SELECT set_config('search_path', $1, true), set_config('lock_timeout', $2, true),
         set_config('statement_timeout', $3, true), set_config('croupier.script', $4, true)`,
      [this.schema, String(this.limits.lockTimeoutMs), String(this.limits.statementTimeoutMs), sql],
    );
    const startedMs = performance.now();
    try {
      await this.client.query(`DO $$ BEGIN EXECUTE current_setting('croupier.script'); END $$`);
      // What was deferred to the end of the transaction would else fail there, with no script to name.
      await this.client.query('SET CONSTRAINTS ALL IMMEDIATE');
    } catch (error) {
      const fault = error as SqlFault;
      if (!isFaultOfScript(fault)) throw error;
      throw new MigrationFailure(describeFault(script, sql, fault), { cause: error });
    }
    return performance.now() - startedMs;
  }

  private async inTransaction<T>(end: 'COMMIT' | 'ROLLBACK', work: () => Promise<T>): Promise<T> {
    await this.client.query('BEGIN');
    try {
      const result = await work();
      await this.client.query(end);
      return result;
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
