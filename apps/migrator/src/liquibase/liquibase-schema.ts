import type { Catalog, CatalogDifference } from '@croupier/persistence';
import type { ModuleSchema, Rehearsal, SchemaPlace } from '../engine/engine';
import type { HistoryRow } from '../engine/history';
import type { Migration } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import type { UndoStep } from '../engine/undo';
import { withPatience } from '../execution/lock-patience';
import type { StatementObserver } from '../execution/script-execution';
import type { PhasedMigration } from '../lint/phase';
import { createSchema } from '../module-databases/history-table';
import { ModuleDatabase, type ModuleDatabaseOptions } from '../module-databases/module-database';
import type { Usage } from '../usage/usage';
import { clearLeftovers, readChangelogHistory } from './liquibase-history';
import type { LiquibaseCall, LiquibaseProgram } from './liquibase-program';

/** A schema whose changesets Liquibase runs and keeps the history of. */
export class LiquibaseSchema implements ModuleSchema {
  readonly engine = 'liquibase';
  /** Reads, and tries out in transactions that are taken back, as for every other schema. */
  private readonly direct: ModuleDatabase;

  constructor(
    private readonly program: LiquibaseProgram,
    private readonly place: SchemaPlace,
    private readonly options: ModuleDatabaseOptions,
  ) {
    this.direct = new ModuleDatabase(place, options);
  }

  get schema(): string {
    return this.place.schema;
  }

  history(): Promise<HistoryRow[]> {
    return readChangelogHistory(this.place.client, this.schema);
  }

  catalog(): Promise<Catalog> {
    return this.direct.catalog();
  }

  usage(changes: readonly CatalogDifference[]): Promise<Usage> {
    return this.direct.usage(changes);
  }

  async pending(brought: readonly PhasedMigration[]): Promise<readonly PhasedMigration[]> {
    if ((await this.direct.history()).length > 0)
      throw new MigrationFailure('the schema has a history of Flyway’s; bring V and U scripts');
    const known = new Set((await this.history()).map(({ script }) => script));
    const pending = brought.filter(({ script }) => !known.has(script));
    if (pending.length < brought.length) await this.run('validate', brought, 'croupier:dry-run');
    return pending;
  }

  dryRunSql(pending: readonly Migration[]): Promise<string> {
    return this.run('update-sql', pending, 'croupier:dry-run');
  }

  /** Each changeset commits by itself. For an observer the statements run beforehand, in a transaction that is taken back. */
  async apply(
    migrations: readonly Migration[],
    installedBy: string,
    observe?: StatementObserver,
  ): Promise<readonly number[]> {
    if (migrations.length === 0) return [];
    const durationsMs = observe ? await this.direct.tryOut(migrations, observe) : migrations.map(() => 0);
    await createSchema(this.place.client, this.schema);
    await withPatience(this.options.patience, () => this.run('update', migrations, installedBy));
    return durationsMs;
  }

  async undo(steps: readonly UndoStep[], installedBy: string): Promise<void> {
    if (steps.length === 0) return;
    const newest = (await this.history()).slice(-steps.length).reverse();
    if (newest.some(({ script }, index) => script !== steps[index]?.row.script))
      throw new MigrationFailure(
        `${newest[0]?.script ?? 'nothing'} was applied since; undo it first, for Liquibase undoes the newest`,
      );
    const changesets = steps.map(({ undo }) => undo).reverse();
    await withPatience(this.options.patience, async () => {
      const left = await this.stillThere(steps);
      if (left > 0) await this.run('rollback-count', changesets, installedBy, [`--count=${left}`]);
    });
  }

  rehearse(migrations: readonly Migration[]): Promise<Rehearsal> {
    return this.direct.rehearse(migrations);
  }

  /** An attempt that failed for a lock may have undone some. */
  private async stillThere(steps: readonly UndoStep[]): Promise<number> {
    const known = new Set((await this.history()).map(({ script }) => script));
    return steps.filter(({ row: { script } }) => known.has(script)).length;
  }

  private async run(
    command: LiquibaseCall['command'],
    changesets: readonly Pick<Migration, 'script' | 'sql'>[],
    label: string,
    more: readonly string[] = [],
  ): Promise<string> {
    const { client, url, schema } = this.place;
    await clearLeftovers(client, schema);
    return this.program.run({ command, arguments: more, url, schema, changesets, label });
  }
}
