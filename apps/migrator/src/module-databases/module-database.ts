import type { Client } from 'pg';
import { compareCatalogs, type Catalog, type CatalogDifference } from '@croupier/persistence';
import { readCatalog } from '@croupier/persistence';
import { checksumOf } from '../engine/checksum';
import { APPLIED, BASELINED, UNDONE, undoMarkOf, type HistoryRow } from '../engine/history';
import type { ModuleSchema, Rehearsal, SchemaPlace } from '../engine/engine';
import type { Migration, Script } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import { pendingOf } from '../engine/pending';
import { readChangelogHistory } from '../liquibase/liquibase-history';
import type { PhasedMigration } from '../lint/phase';
import { fillPlaceholders } from '../engine/placeholders';
import type { UndoStep } from '../engine/undo';
import { withPatience, type LockPatience } from '../execution/lock-patience';
import { prepare, segmentsOf, type PreparedScript } from '../execution/prepared-script';
import { ScriptExecution, type Limits, type StatementObserver } from '../execution/script-execution';
import { StatementRecorder } from '../proof/statement-recorder';
import type { Usage } from '../usage/usage';
import { probeUsage } from '../usage/usage-probe';
import { appendHistory, createHistoryTable, readHistory, type NewHistoryRow } from './history-table';

export interface ModuleDatabaseOptions {
  readonly limits: Limits;
  readonly patience: LockPatience;
  readonly placeholders: Readonly<Record<string, string>>;
}

interface Entry extends Script {
  readonly row: Omit<NewHistoryRow, 'executionTimeMs'>;
}

/** A schema whose scripts are run here, with a history as Flyway keeps it. */
export class ModuleDatabase implements ModuleSchema {
  readonly engine = 'flyway';
  readonly schema: string;
  private readonly client: Client;

  constructor(
    { client, schema }: SchemaPlace,
    private readonly options: ModuleDatabaseOptions,
  ) {
    this.client = client;
    this.schema = schema;
  }

  history(): Promise<HistoryRow[]> {
    return readHistory(this.client, this.schema);
  }

  catalog(): Promise<Catalog> {
    return readCatalog(this.client, this.schema);
  }

  async pending(brought: readonly PhasedMigration[]): Promise<readonly PhasedMigration[]> {
    if ((await readChangelogHistory(this.client, this.schema)).length > 0)
      throw new MigrationFailure('the schema has a history of Liquibase’s; bring changelogs');
    const pending = pendingOf(brought, await this.history());
    if (pending.kind === 'refused') throw new MigrationFailure(pending.detail);
    return pending.migrations;
  }

  dryRunSql(): Promise<null> {
    return Promise.resolve(null);
  }

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

  async rehearse(migrations: readonly Migration[]): Promise<Rehearsal> {
    const recorder = new StatementRecorder(this.client, this.schema);
    return this.inTransaction('ROLLBACK', async () => {
      const before = await this.catalog();
      await recorder.begin();
      const durationsMs = await this.runWhatCan(migrations, recorder.record);
      return {
        durationsMs,
        statements: recorder.statements,
        changes: compareCatalogs(before, await this.catalog()),
      };
    });
  }

  /** Runs in one transaction what can, and takes it back. */
  tryOut(migrations: readonly Migration[], observe: StatementObserver): Promise<readonly number[]> {
    return this.inTransaction('ROLLBACK', () => this.runWhatCan(migrations, observe));
  }

  private async runWhatCan(migrations: readonly Migration[], observe: StatementObserver): Promise<number[]> {
    const entries = migrations.map((migration) => applicationOf(migration, 'croupier:dry-run'));
    const scripts = (await this.prepared(entries)).filter(({ transactional }) => transactional);
    const took = await this.runAll(scripts, observe);
    const tookMs = new Map(scripts.map(({ source }, index) => [source.script, took[index] ?? 0]));
    return migrations.map(({ script }) => tookMs.get(script) ?? 0);
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
  { kind, version, description, script, sql, checksum }: Migration,
  installedBy: string,
): Entry {
  const type = kind === 'baseline' ? BASELINED : APPLIED;
  const number = kind === 'versioned' || kind === 'baseline' ? version : null;
  return { script, sql, row: { version: number, description, type, script, checksum, installedBy } };
}

function undoingOf(
  { row: { version, description }, undo: { script, sql } }: UndoStep,
  installedBy: string,
): Entry {
  const checksum = checksumOf(sql);
  return {
    script,
    sql,
    row:
      version === ''
        ? {
            version: null,
            description,
            type: APPLIED,
            script,
            checksum,
            installedBy: undoMarkOf(installedBy),
          }
        : { version, description, type: UNDONE, script, checksum, installedBy },
  };
}
