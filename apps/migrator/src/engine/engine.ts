import type { Client } from 'pg';
import type { Catalog, CatalogDifference } from '@croupier/persistence';
import type { StatementObserver } from '../execution/script-execution';
import type { PhasedMigration } from '../lint/phase';
import type { ProvenStatement } from '../proof/report';
import type { Usage } from '../usage/usage';
import type { HistoryRow } from './history';
import type { Migration } from './migration';
import type { UndoStep } from './undo';

export const ENGINES = ['flyway', 'liquibase'] as const;
/** Whose scripts a module has, and whose history its schema keeps. */
export type EngineName = (typeof ENGINES)[number];

export interface Rehearsal {
  /** Of each migration, in milliseconds; zero for one that no transaction can hold. */
  readonly durationsMs: readonly number[];
  readonly statements: readonly ProvenStatement[];
  readonly changes: readonly CatalogDifference[];
}

/** One module's schema as one engine sees it, on the session that holds its lock. */
export interface ModuleSchema {
  readonly engine: EngineName;
  readonly schema: string;
  history(): Promise<HistoryRow[]>;
  catalog(): Promise<Catalog>;
  /** How many rows use what the changes have added. */
  usage(changes: readonly CatalogDifference[]): Promise<Usage>;
  /** What the schema has not seen, in the order in which it is applied. @throws MigrationFailure */
  pending(brought: readonly PhasedMigration[]): Promise<readonly PhasedMigration[]>;
  /** What the engine says it would run; null when that is the scripts as they are. @throws MigrationFailure */
  dryRunSql(pending: readonly Migration[]): Promise<string | null>;
  /** Answers the milliseconds each took, where known. @throws MigrationFailure */
  apply(
    migrations: readonly Migration[],
    installedBy: string,
    observe?: StatementObserver,
  ): Promise<readonly number[]>;
  /** @throws MigrationFailure */
  undo(steps: readonly UndoStep[], installedBy: string): Promise<void>;
  /** For a schema that has no shadow: runs in one transaction what can, and takes it back. */
  rehearse(migrations: readonly Migration[]): Promise<Rehearsal>;
}

/** Where a schema is: the session that works on it, and the URL for a program that opens its own. */
export interface SchemaPlace {
  readonly client: Client;
  readonly url: string;
  readonly schema: string;
}

export function engineOf(migrations: readonly Migration[]): EngineName {
  return migrations.some(({ kind }) => kind === 'changeset') ? 'liquibase' : 'flyway';
}
