import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { AbstractLogger, DataSource, type EntityManager, type MigrationInterface } from 'typeorm';
import { addressOf, connectionSettings } from './connection-settings';
import { ensureSchema } from './ensure-schema';
import { retrying } from './retry';
import { runMigrations } from './run-migrations';
import { checkedSchemaName } from './schema-name';
import { isTransient, reasonOf } from './transient-errors';

/** Its name ends in a 13-digit timestamp, by which migrations are ordered. */
export type MigrationClass = new () => MigrationInterface;
export type EntityClass = new () => object;

/** What runs inside `dataSource.transaction(...)`. */
export type Transaction = EntityManager;

export interface DataSourceSettings {
  readonly url: string;
  readonly schema: string;
  readonly migrations: readonly MigrationClass[];
  readonly entities?: readonly EntityClass[];
  readonly poolSize?: number;
  readonly applicationName?: string;
  /** How long to go on trying to connect. Default 60 000 ms. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for another replica's migrations, and for each statement of ours. Default 300 000 ms. */
  readonly migrationTimeoutMs?: number;
}

/** What TypeORM would print to the console reaches the caller as an exception. */
class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {}
}

/** Connects to a service's own schema, creates it and brings it up to date. Never synchronizes. */
export async function openDataSource(settings: DataSourceSettings): Promise<DataSource> {
  const schema = checkedSchemaName(settings.schema);
  const dataSource = await connect(settings, schema);
  try {
    await runMigrations(dataSource, schema, settings.migrationTimeoutMs ?? 300_000);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function connect(settings: DataSourceSettings, schema: string): Promise<DataSource> {
  const logger = new Logger('persistence');
  const address = addressOf(settings.url);
  const session = connectionSettings({
    url: settings.url,
    schema,
    applicationName: settings.applicationName ?? `croupier-${schema}`,
  });
  const { connectionString, application_name: _, ...extra } = session;
  const attempt = async (): Promise<DataSource> => {
    await ensureSchema(session, schema);
    return new DataSource({
      type: 'postgres',
      url: connectionString,
      schema,
      extra,
      applicationName: session.application_name,
      poolSize: settings.poolSize ?? 10,
      entities: [...(settings.entities ?? [])],
      migrations: [...settings.migrations],
      migrationsTableName: 'schema_migrations',
      synchronize: false,
      installExtensions: false,
      logger: new SilentLogger(),
      poolErrorHandler: (error: Error) => logger.warn(`Lost an idle session of ${address}: ${error.message}`),
    }).initialize();
  };
  try {
    return await retrying(attempt, {
      timeoutMs: settings.connectTimeoutMs ?? 60_000,
      firstDelayMs: 200,
      longestDelayMs: 5_000,
      retryable: isTransient,
      onRetry: (error, delayMs) =>
        logger.warn(
          `Cannot reach PostgreSQL at ${address}, again in ${delayMs.toFixed(0)} ms: ${reasonOf(error)}`,
        ),
    });
  } catch (error) {
    throw new Error(`Cannot open schema ${schema} at ${address}: ${reasonOf(error)}`, { cause: error });
  }
}
