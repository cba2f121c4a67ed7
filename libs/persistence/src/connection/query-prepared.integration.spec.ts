import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { openDataSource } from './open-data-source';
import { queryPrepared } from './query-prepared';

describe('a prepared query', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({ url: database.url, schema: 'prepared', migrations: [], poolSize: 1 });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is planned once by a session', async () => {
    for (const text of ['a', 'b'])
      expect(await queryPrepared(dataSource, 'echo', 'SELECT $1::text AS text', [text])).toEqual([{ text }]);

    const prepared = await dataSource.query<{ name: string }[]>('SELECT name FROM pg_prepared_statements');
    expect(prepared).toEqual([{ name: 'echo' }]);
  });

  it('runs in the schema of the data source, and commits by itself', async () => {
    await dataSource.query('CREATE TABLE numbers (number int)');
    await queryPrepared(dataSource, 'add', 'INSERT INTO numbers VALUES ($1)', [7]);
    expect(await dataSource.query('SELECT number FROM prepared.numbers')).toEqual([{ number: 7 }]);
  });
});
