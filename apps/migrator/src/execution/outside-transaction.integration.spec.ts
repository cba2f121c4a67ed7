import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import { statementsOf } from '../lint/statement';
import { runOutsideTransaction } from './outside-transaction';

/** Of the session that builds: enough for its other statements on a busy machine. */
const ANSWER_TIMEOUT_MS = 2000;

describe('a statement that no transaction can hold', () => {
  let database: FreshDatabase;
  let players: Client;
  let builder: Client;

  beforeEach(async () => {
    database = await freshDatabase();
    players = await connect();
    builder = await connect(ANSWER_TIMEOUT_MS);
    await players.query(`CREATE SCHEMA module; CREATE TABLE module.rounds (id int PRIMARY KEY, win int);
      CREATE TABLE module.others (id int PRIMARY KEY)`);
    await builder.query('SET search_path TO module');
  });

  afterEach(async () => {
    await Promise.all([players.end(), builder.end()]);
    await database.drop();
  });

  async function connect(query_timeout?: number): Promise<Client> {
    const client = new Client({ connectionString: database.url, ...(query_timeout && { query_timeout }) });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async function run(client: Client, sql: string): Promise<void> {
    const [statement] = await statementsOf({ script: 'V1__index.sql', sql });
    await runOutsideTransaction(client, 'module', statement!);
  }

  async function indexes(): Promise<[string, boolean][]> {
    const { rows } = await players.query<{ name: string; valid: boolean }>(
      `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE c.relnamespace = 'module'::regnamespace ORDER BY 1`,
    );
    return rows.map(({ name, valid }) => [name, valid]);
  }

  /** Leaves what a session leaves that is ended while it waits for those who write. */
  async function cutOff(sql: string, table: string): Promise<void> {
    const victim = await connect();
    const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await victim.query('SET search_path TO module');
    await players.query(`BEGIN; LOCK TABLE module.${table} IN ROW EXCLUSIVE MODE`);
    const cut = victim.query(sql).catch(() => undefined);
    await eventually(async () => (await indexes()).some(([name, valid]) => name.startsWith(table) && !valid));
    await players.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await cut;
    await players.query('COMMIT');
  }

  it('waits for those who write for as long as they do', async () => {
    await players.query('BEGIN; LOCK TABLE module.rounds IN ROW EXCLUSIVE MODE');
    const built = run(builder, 'CREATE INDEX CONCURRENTLY rounds_win ON rounds (win)');

    await eventually(async () => (await indexes()).some(([name]) => name === 'rounds_win'));
    await players.query(`SELECT pg_sleep(${(1.5 * ANSWER_TIMEOUT_MS) / 1000})`);
    await players.query('COMMIT');

    await built;
    expect(await indexes()).toContainEqual(['rounds_win', true]);
  });

  it('builds anew an index that was left half built', async () => {
    const sql = 'CREATE INDEX CONCURRENTLY rounds_win ON rounds (win)';
    await cutOff(sql, 'rounds');
    expect(await indexes()).toContainEqual(['rounds_win', false]);

    await run(builder, sql);

    expect(await indexes()).toEqual([
      ['others_pkey', true],
      ['rounds_pkey', true],
      ['rounds_win', true],
    ]);
  });

  it.each(['INDEX CONCURRENTLY rounds_pkey', 'TABLE CONCURRENTLY rounds', 'SCHEMA CONCURRENTLY module'])(
    'leaves no copy behind of REINDEX %s, and touches none of others',
    async (what) => {
      await cutOff('REINDEX TABLE CONCURRENTLY others', 'others');
      await cutOff(`REINDEX ${what}`, 'rounds');
      expect(await indexes()).toContainEqual(['rounds_pkey_ccnew', false]);

      await run(builder, `REINDEX ${what}`);

      const others = what.startsWith('SCHEMA') ? [] : [['others_pkey_ccnew', false]];
      expect(await indexes()).toEqual([['others_pkey', true], ...others, ['rounds_pkey', true]]);
    },
  );
});
