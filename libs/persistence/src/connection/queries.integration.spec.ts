import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { openDataSource } from './open-data-source';
import { queryPrepared, queryPreparedIn } from './queries';

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

  it('fails with its session, and the next one gets another session', async () => {
    const end = 'SELECT pg_terminate_backend(pg_backend_pid())';
    await expect(queryPrepared(dataSource, 'end', end, [])).rejects.toThrow(/terminat/);
    await expect(queryPrepared(dataSource, 'fault', 'SELECT 1 / $1::int AS one', [0])).rejects.toThrow(
      'zero',
    );
    expect(await queryPrepared(dataSource, 'one', 'SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
  });

  it('runs in the schema of the data source, and commits by itself', async () => {
    await dataSource.query('CREATE TABLE numbers (number int)');
    await queryPrepared(dataSource, 'add', 'INSERT INTO numbers VALUES ($1)', [7]);
    expect(await dataSource.query('SELECT number FROM prepared.numbers')).toEqual([{ number: 7 }]);
  });

  it('belongs to the transaction that it is asked in, and needs one', async () => {
    await dataSource.query('CREATE TABLE letters (letter text)');
    const add = 'INSERT INTO letters VALUES ($1) RETURNING letter';
    const undone = dataSource.transaction(async (tx) => {
      expect(await queryPreparedIn(tx, 'add-letter', add, ['a'])).toEqual([{ letter: 'a' }]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await dataSource.transaction((tx) => queryPreparedIn(tx, 'add-letter', add, ['b']));

    expect(await dataSource.query('SELECT letter FROM letters')).toEqual([{ letter: 'b' }]);
    await expect(queryPreparedIn(dataSource.manager, 'add-letter', add, ['c'])).rejects.toThrow(
      'needs a transaction',
    );
  });
});
