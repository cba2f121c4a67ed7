import { compareCatalogs, openDataSource, readCatalog, type Catalog } from '@croupier/persistence';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import type { DataSource, MigrationInterface } from 'typeorm';
import * as services from './index';

type MigrationClass = new () => MigrationInterface;

const HISTORIES = Object.entries(services).flatMap(
  ([name, migrations]): [string, readonly MigrationClass[]][] =>
    Array.isArray(migrations) ? [[name.replace(/Migrations$/, ''), migrations]] : [],
);

describe('the platform’s own migrations', () => {
  let database: FreshDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await freshDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('are known for every service that has some', () => {
    expect(HISTORIES.map(([service]) => service).sort()).toEqual([
      'access',
      'aggregator',
      'alerts',
      'audit',
      'cache',
      'console',
      'deployer',
      'flags',
      'gateway',
      'migrator',
      'registry',
    ]);
  });

  it.each(HISTORIES)(
    'of the %s leave nothing when undone, and do the same when applied again',
    async (service, history) => {
      const dataSource = await openDataSource({
        url: database.url,
        schema: service,
        migrations: [],
        poolSize: 1,
      });
      try {
        const seen: Catalog[] = [await readCatalog(client, service)];
        for (const migration of history) {
          await run(dataSource, migration, 'up');
          seen.push(await readCatalog(client, service));
        }
        expect(seen.at(-1)).not.toHaveLength(0);
        for (let step = history.length - 1; step >= 0; step -= 1) {
          await run(dataSource, history[step] as MigrationClass, 'down');
          expect(compareCatalogs(seen[step] ?? [], await readCatalog(client, service))).toEqual([]);
        }
        for (const migration of history) await run(dataSource, migration, 'up');
        expect(compareCatalogs(seen.at(-1) ?? [], await readCatalog(client, service))).toEqual([]);
      } finally {
        await dataSource.destroy();
      }
    },
  );
});

async function run(dataSource: DataSource, migration: MigrationClass, way: 'up' | 'down'): Promise<void> {
  await dataSource.transaction(async ({ queryRunner }) => {
    if (!queryRunner) throw new Error('A transaction has a query runner');
    await new migration()[way](queryRunner);
  });
}
