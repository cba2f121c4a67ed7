import { chmod, mkdtemp, rm } from 'node:fs/promises';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { EmbeddedPostgres } from '../embedded/embedded-postgres';
import { openDataSource, type MigrationClass } from './open-data-source';

class CreateCoins1700000000001 implements MigrationInterface {
  async up(queries: QueryRunner): Promise<void> {
    await queries.query('CREATE TABLE coin (side text)');
    await queries.query(`INSERT INTO coin VALUES ('heads')`);
  }
  async down(): Promise<void> {}
}

class BreakHalfway1700000000002 implements MigrationInterface {
  async up(queries: QueryRunner): Promise<void> {
    await queries.query(`INSERT INTO coin VALUES ('edge')`);
    await queries.query('SELECT 1 / 0');
  }
  async down(): Promise<void> {}
}

describe('opening a data source', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  const opened: DataSource[] = [];

  beforeAll(async () => {
    folder = await mkdtemp('/tmp/croupier-persistence-');
    await chmod(folder, 0o755);
    postgres = await EmbeddedPostgres.start({ directory: folder });
  });
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) await dataSource.destroy();
  });
  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true });
  });

  async function open(schema: string, migrations: MigrationClass[]): Promise<DataSource> {
    const dataSource = await openDataSource({ url: postgres.url, schema, migrations, poolSize: 3 });
    opened.push(dataSource);
    return dataSource;
  }

  it('runs a migration once however many replicas start at the same time', async () => {
    const replicas = await Promise.all(
      Array.from({ length: 5 }, () => open('once', [CreateCoins1700000000001])),
    );

    for (const replica of replicas) expect(await replica.query('SELECT side FROM coin')).toHaveLength(1);
  });

  it('runs nothing again at the next start', async () => {
    await open('again', [CreateCoins1700000000001]);
    const second = await open('again', [CreateCoins1700000000001]);

    expect(await second.query('SELECT side FROM coin')).toHaveLength(1);
    expect(await second.query('SELECT name FROM schema_migrations')).toEqual([
      { name: 'CreateCoins1700000000001' },
    ]);
  });

  it('keeps services apart in schemas of their own', async () => {
    const left = await open('left_service', [CreateCoins1700000000001]);
    const right = await open('right_service', [CreateCoins1700000000001]);
    await left.query('DELETE FROM coin');

    expect(await right.query('SELECT side FROM coin')).toHaveLength(1);
  });

  it('keeps the migrations before a failing one and nothing of that one', async () => {
    const both = [CreateCoins1700000000001, BreakHalfway1700000000002];

    await expect(open('halfway', both)).rejects.toThrow(/division by zero/);

    const after = await open('halfway', [CreateCoins1700000000001]);
    expect(await after.query('SELECT side FROM coin')).toEqual([{ side: 'heads' }]);
  });

  it('leaves no lock and no setting of the migrations on the sessions it hands out', async () => {
    const dataSource = await open('clean', [CreateCoins1700000000001]);

    const [session] = await dataSource.query<unknown[]>(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
         (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS locks`,
    );

    expect(session).toEqual({ statement: '30s', lock: '0', locks: 0 });
  });

  it('says where it could not connect, and not with which password', async () => {
    const unreachable = openDataSource({
      url: 'postgres://croupier:hunter2@127.0.0.1:1/croupier',
      schema: 'registry',
      migrations: [],
      connectTimeoutMs: 0,
    });

    await expect(unreachable).rejects.toThrow(
      /^Cannot open schema registry at 127\.0\.0\.1:1\/croupier: (?!.*hunter2)/,
    );
  });
});
