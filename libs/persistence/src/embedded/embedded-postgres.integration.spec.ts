import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from './embedded-postgres';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  /** Most tests start the same cluster: making one takes initdb a second. */
  let shared: string;

  beforeAll(async () => {
    shared = await mkdtemp('/tmp/croupier-embedded-');
    await chmod(shared, 0o755);
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  afterAll(() => rm(shared, { recursive: true }));

  async function start(directory: string): Promise<EmbeddedPostgres> {
    const postgres = await EmbeddedPostgres.start({ directory });
    cleanUps.push(() => postgres.stop());
    return postgres;
  }

  it('keeps its data through a stop and a start', async () => {
    const first = await start(shared);
    await query(first.url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS value');
    await first.stop();

    const second = await start(shared);

    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('is durable, speaks UTF-8 and listens on loopback alone', async () => {
    const { url } = await start(shared);

    const settings = await query(
      url,
      `SELECT name, setting FROM pg_settings WHERE name IN
       ('fsync', 'synchronous_commit', 'server_encoding', 'listen_addresses', 'max_connections', 'unix_socket_directories')`,
    );

    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      server_encoding: 'UTF8',
      listen_addresses: '127.0.0.1',
      max_connections: '200',
      unix_socket_directories: '',
    });
  });

  it('lets nobody in without the password, which only the user of the server may read', async () => {
    const postgres = await start(shared);
    const withoutPassword = new URL(postgres.url);
    withoutPassword.password = 'guess';

    await expect(query(withoutPassword.href, 'SELECT')).rejects.toMatchObject({ code: '28P01' });

    expect((await stat(join(postgres.home, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('starts in a folder that is closed to other users, and begins anew when that was removed', async () => {
    const closed = await mkdtemp('/tmp/croupier-closed-');
    cleanUps.push(() => rm(closed, { recursive: true }));
    const directory = join(closed, 'state');
    const first = await start(directory);
    cleanUps.push(() => rm(first.home, { recursive: true, force: true }));
    await query(first.url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS value');
    await first.stop();

    const second = await start(directory);
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    await second.stop();
    const isRoot = process.getuid?.() === 0;
    expect((await lstat(join(directory, 'postgres'))).isSymbolicLink()).toBe(isRoot);

    await rm(directory, { recursive: true });
    const third = await start(directory);
    await expect(query(third.url, 'SELECT value FROM kept')).rejects.toMatchObject({ code: '42P01' });
  });

  it('refuses a folder whose server runs for somebody else', async () => {
    await start(shared);

    await expect(EmbeddedPostgres.start({ directory: shared })).rejects.toThrow(/already runs on/);
  });

  it('starts over the lock file of a server that was killed, even when another program has its number', async () => {
    const first = await start(shared);
    const lockFile = join(first.home, 'data/postmaster.pid');
    const lock = await readFile(lockFile, 'utf8');
    await query(first.url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS value');
    const server = Number.parseInt(lock, 10);
    process.kill(server, 'SIGKILL');
    await first.stop();
    await writeFile(lockFile, lock.replace(/^\d+/, String(process.pid)));

    const second = await start(shared);

    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('outlives the SIGKILL of its process by a fast shutdown, and then serves the next', async () => {
    const source = resolve(__dirname, 'embedded-postgres.ts');
    const script = `require(${JSON.stringify(source)}).EmbeddedPostgres
      .start({ directory: ${JSON.stringify(shared)} }).then(({ url }) => console.log(url))`;
    const owner = spawn(
      process.execPath,
      ['-r', 'ts-node/register/transpile-only', '-e', `${script}; setInterval(() => {}, 1000)`],
      {
        cwd: resolve(__dirname, '../../../..'),
        env: { ...process.env, TS_NODE_PROJECT: 'tsconfig.base.json' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    cleanUps.push(async () => owner.kill('SIGKILL'));
    const lines = createInterface({ input: owner.stdout });
    const [url] = (await once(lines, 'line')) as [string];
    await query(url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS value');
    const killed = once(owner, 'exit');
    owner.kill('SIGKILL');
    await killed;

    const next = await start(shared);

    expect(await query(next.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
    await expect(query(url, 'SELECT')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
