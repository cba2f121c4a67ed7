import type { Client } from 'pg';
import { compareCatalogs, type Catalog, type CatalogDifference } from '@croupier/persistence';
import { readCatalog } from '@croupier/persistence';
import { checksumOf } from '../engine/checksum';
import { APPLIED, UNDONE, type HistoryRow } from '../engine/history';
import type { Migration, Script } from '../engine/migration';
import { fillPlaceholders } from '../engine/placeholders';
import type { UndoStep } from '../engine/undo';
import { withPatience, type LockPatience } from '../execution/lock-patience';
import { prepare, segmentsOf, type PreparedScript } from '../execution/prepared-script';
import { ScriptExecution, type Limits, type StatementObserver } from '../execution/script-execution';
import type { ProvenStatement } from '../proof/report';
import { StatementRecorder } from '../proof/statement-recorder';
import type { Usage } from '../usage/usage';
import { probeUsage } from '../usage/usage-probe';
import { appendHistory, createHistoryTable, readHistory, type NewHistoryRow } from './history-table';

export interface ModuleDatabaseOptions {
  readonly limits: Limits;
  readonly patience: LockPatience;
  readonly placeholders: Readonly<Record<string, string>>;
}

export interface Rehearsal {
  /** Of each migration, in milliseconds; zero for one that no transaction can hold. */
  readonly durationsMs: readonly number[];
  readonly statements: readonly ProvenStatement[];
  readonly changes: readonly CatalogDifference[];
}

interface Entry extends Script {
  readonly row: Omit<NewHistoryRow, 'executionTimeMs'>;
}

/** One module's schema, on the session that holds its lock. */
export class ModuleDatabase {
  constructor(
    private readonly client: Client,
    readonly schema: string,
    private readonly options: ModuleDatabaseOptions,
  ) {}

  history(): Promise<HistoryRow[]> {
    return readHistory(this.client, this.schema);
  }

  catalog(): Promise<Catalog> {
    return readCatalog(this.client, this.schema);
  }

  /** How many rows use what the changes have added. */
  usage(changes: readonly CatalogDifference[]): Promise<Usage> {
    return probeUsage(this.client, this.schema, changes);
  }

  /** All that may share a transaction is applied or none of it. Answers the milliseconds each script took. */
  async apply(
    migrations: readonly Migration[],
    installedBy: string,
    observe?: StatementObserver,
  ): Promise<number[]> {
    return this.runEach(
      migrations.map((migration) => applicationOf(migration, installedBy)),
      observe,
    );
  }

  async undo(steps: readonly UndoStep[], installedBy: string, observe?: StatementObserver): Promise<void> {
    await this.runEach(
      steps.map((step) => undoingOf(step, installedBy)),
      observe,
    );
  }

  /** For a schema that has no shadow: runs in one transaction what can, and takes it back. */
  async rehearse(migrations: readonly Migration[]): Promise<Rehearsal> {
    const entries = migrations.map((migration) => applicationOf(migration, 'croupier:dry-run'));
    const scripts = (await this.prepared(entries)).filter(({ transactional }) => transactional);
    const recorder = new StatementRecorder(this.client, this.schema);
    return this.inTransaction('ROLLBACK', async () => {
      const before = await this.catalog();
      await recorder.begin();
      const took = await this.runAll(scripts, recorder.record);
      const tookMs = new Map(scripts.map(({ source }, index) => [source.script, took[index] ?? 0]));
      return {
        durationsMs: migrations.map(({ script }) => tookMs.get(script) ?? 0),
        statements: recorder.statements,
        changes: compareCatalogs(before, await this.catalog()),
      };
    });
  }

  private async runEach(entries: readonly Entry[], observe?: StatementObserver): Promise<number[]> {
    const durationsMs: number[] = [];
    for (const segment of segmentsOf(await this.prepared(entries)))
      durationsMs.push(
        ...(await withPatience(this.options.patience, () =>
          segment[0]?.transactional
            ? this.inTransaction('COMMIT', () => this.runAll(segment, observe))
            : this.runAll(segment, observe),
        )),
      );
    return durationsMs;
  }

  private prepared(entries: readonly Entry[]): Promise<PreparedScript<Entry>[]> {
    const values = { 'flyway:defaultSchema': this.schema, ...this.options.placeholders };
    return Promise.all(
      entries.map((entry) => prepare({ ...entry, sql: fillPlaceholders(entry.script, entry.sql, values) })),
    );
  }

  private async runAll(
    scripts: readonly PreparedScript<Entry>[],
    observe?: StatementObserver,
  ): Promise<number[]> {
    const execution = new ScriptExecution(this.client, this.schema, this.options.limits, observe);
    const durationsMs: number[] = [];
    await createHistoryTable(this.client, this.schema);
    for (const script of scripts) {
      const executionTimeMs = await execution.run(script);
      durationsMs.push(executionTimeMs);
      await appendHistory(this.client, this.schema, { ...script.source.row, executionTimeMs });
    }
    return durationsMs;
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

function applicationOf(
  { version, description, script, sql, checksum }: Migration,
  installedBy: string,
): Entry {
  return { script, sql, row: { version, description, type: APPLIED, script, checksum, installedBy } };
}

function undoingOf(
  { row: { version, description }, undo: { script, sql } }: UndoStep,
  installedBy: string,
): Entry {
  return {
    script,
    sql,
    row: { version, description, type: UNDONE, script, checksum: checksumOf(sql), installedBy },
  };
}
