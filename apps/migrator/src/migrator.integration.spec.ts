import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent, MigrationOutcome, ReleaseId, ReleaseStaged } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import request from 'supertest';
import { service } from './service';

const OPERATOR = 'operator-token-of-the-test';
const OUTCOMES = [
  'migration.planned',
  'migration.applied',
  'migration.reverted',
  'migration.contracted',
  'migration.failed',
];

type Outcome = CloudEvent<string, MigrationOutcome>;
type Scripts = Readonly<Record<string, string>>;

const INIT: Scripts = {
  'V1__init.sql': 'CREATE TABLE rounds (id bigint PRIMARY KEY);\nINSERT INTO rounds VALUES (1);',
  'U1__init.sql': 'DROP TABLE rounds;',
};
const BONUS: Scripts = {
  'V1.1.0__add_bonus.sql': 'CREATE TABLE bonus (id bigint PRIMARY KEY);',
  'U1.1.0__add_bonus.sql': 'DROP TABLE bonus;',
};

describe('the migrator service', () => {
  let database: FreshDatabase;
  let modules: FreshDatabase;
  let shadow: FreshDatabase;
  let sql: Client;
  let bus: EmbeddedBus;
  let running: RunningService;
  let files: Server;
  let filesUrl: string;
  const served = new Map<string, string>();
  const told: Outcome[] = [];

  beforeAll(async () => {
    [database, modules, shadow] = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()]);
    sql = new Client({ connectionString: modules.url });
    await sql.connect();
    files = createServer((incoming, answer) => {
      const content = served.get(incoming.url ?? '');
      answer.writeHead(content === undefined ? 404 : 200).end(content);
    }).listen(0, '127.0.0.1');
    await once(files, 'listening');
    filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    bus = new EmbeddedBus({ backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
    await bus.subscribe('observer', OUTCOMES, async (event) => void told.push(event as Outcome));
    running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        MODULE_DATABASE_URL: modules.url,
        MIGRATION_SHADOW_DATABASE_URL: shadow.url,
        MIGRATION_LOCK_TIMEOUT_MS: '200',
        MIGRATION_LOCK_BUDGET_MS: '600',
        MIGRATION_CONTRACT_HOLD_MS: '0',
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: 'service-token-of-the-test',
      },
    });
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await sql.end();
    await new Promise((resolve) => files.close(resolve));
    await Promise.all([database.drop(), modules.drop(), shadow.drop()]);
  });

  it('proves, applies and records the migrations of a staged release', async () => {
    const event = staged('slots', { ...INIT, ...BONUS });

    await bus.publish([event]);

    const outcomes = await outcomesOf(event.data.releaseId, 2);
    expect(outcomes.map(({ type }) => type)).toEqual(['migration.planned', 'migration.applied']);
    const scripts = [
      { version: '1', description: 'init', durationMs: expect.any(Number) },
      { version: '1.1.0', description: 'add bonus', durationMs: expect.any(Number) },
    ];
    expect(outcomes.map(({ data }) => data.scripts)).toEqual([scripts, scripts]);
    expect(await tablesIn('module_acme_slots')).toEqual(['bonus', 'flyway_schema_history', 'rounds']);
    expect(await historyOf('module_acme_slots')).toEqual([
      [1, '1', 'SQL', 'V1__init.sql', true],
      [2, '1.1.0', 'SQL', 'V1.1.0__add_bonus.sql', true],
    ]);
  });

  it('applies only what the release before did not', async () => {
    await bus.publish([staged('wheel', INIT)]);
    const next = staged('wheel', { ...INIT, ...BONUS }, '1.1.0');

    await bus.publish([next]);

    const [, applied] = await outcomesOf(next.data.releaseId, 2);
    expect(applied?.data.scripts).toMatchObject([{ version: '1.1.0' }]);
    expect(await historyOf('module_acme_wheel')).toHaveLength(2);
  });

  it('applies once what is delivered many times at once', async () => {
    const event = staged('dice', INIT);

    await Promise.all([1, 2, 3, 4].map(() => bus.publish([event])));

    expect(await historyOf('module_acme_dice')).toHaveLength(1);
    await settled();
    expect((await outcomesOf(event.data.releaseId, 2)).map(({ type }) => type)).toEqual([
      'migration.planned',
      'migration.applied',
    ]);
  });

  it('still tells what it applied before it was cut off', async () => {
    const event = staged('keno', INIT);
    await bus.publish([event]);
    await outcomesOf(event.data.releaseId, 2);
    await inPlatform(
      `UPDATE release_migrations SET status = 'planned' WHERE release_id = $1`,
      event.data.releaseId,
    );
    await inPlatform('DELETE FROM inbox WHERE message_id = $1', event.id);
    served.clear();

    await bus.publish([event]);

    const outcomes = await outcomesOf(event.data.releaseId, 3);
    expect(outcomes[2]).toMatchObject({ type: 'migration.applied', data: { scripts: [{ version: '1' }] } });
    expect(await historyOf('module_acme_keno')).toHaveLength(1);
  });

  it('tells the same again when a release is staged by another message', async () => {
    const event = staged('again', INIT);
    await bus.publish([event]);

    await bus.publish([{ ...event, id: randomUUID() }]);

    const [, first, second] = await outcomesOf(event.data.releaseId, 3);
    expect(second).toMatchObject({ type: 'migration.applied', data: first?.data });
  });

  it('answers at once for a release without migrations', async () => {
    const event = staged('plain', {});

    await bus.publish([event]);
    await settled();

    expect(await outcomesOf(event.data.releaseId, 1)).toMatchObject([
      { type: 'migration.applied', data: { scripts: [] } },
    ]);
  });

  it.each<[string, Scripts, RegExp]>([
    [
      'a script is wrong',
      { ...INIT, 'V2__wrong.sql': 'CREATE TABLE half ();\nSELECT 1 FROM nowhere;' },
      /V2__wrong\.sql line 2: relation "nowhere" does not exist \(SQLSTATE 42P01\)/,
    ],
    [
      'a script would commit by itself',
      { ...INIT, 'V2__commit.sql': 'CREATE TABLE half (); COMMIT; BEGIN;' },
      /V2__commit\.sql line 1: BEGIN, COMMIT and ROLLBACK are not for scripts/,
    ],
    [
      'a deferred constraint does not hold in the end',
      {
        'V1__deferred.sql': `CREATE TABLE p (id int PRIMARY KEY);
          CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);
          INSERT INTO c VALUES (7);`,
      },
      /V1__deferred\.sql line 3: .*foreign key constraint/,
    ],
    ['a script has no proper name', { 'setup.sql': 'SELECT 1' }, /setup\.sql is not named like/],
  ])('leaves the schema as it was when %s', async (_, scripts, detail) => {
    const event = staged('unlucky', scripts);

    await bus.publish([event]);

    const outcomes = await outcomesOf(event.data.releaseId, 1);
    expect(outcomes.map(({ type }) => type)).toEqual(['migration.failed']);
    expect(outcomes[0]?.data.detail).toMatch(detail);
    expect(await schemas()).not.toContain('module_acme_unlucky');
  });

  it('believes no script that is not the registered one', async () => {
    const event = staged('forged', INIT);
    const [first] = event.data.migrations;
    served.set(new URL(first?.url ?? '').pathname, 'DROP DATABASE production;');

    await bus.publish([event]);

    const [failed] = await outcomesOf(event.data.releaseId, 1);
    expect(failed).toMatchObject({ type: 'migration.failed', data: { scripts: [] } });
    expect(failed?.data.detail).toMatch(/V1__init\.sql has SHA-256 [0-9a-f]{64}, but/);
  });

  it('gives up a lock that the players hold, instead of queueing them behind it', async () => {
    await bus.publish([staged('busy', INIT)]);
    await sql.query('BEGIN; SELECT FROM module_acme_busy.rounds');
    const next = staged('busy', { ...INIT, 'V2__more.sql': 'ALTER TABLE rounds ADD COLUMN win int;' });

    await bus.publish([next]);
    await sql.query('COMMIT');

    const [, failed] = await outcomesOf(next.data.releaseId, 2);
    expect(failed?.type).toBe('migration.failed');
    expect(failed?.data.detail).toMatch(/V2__more\.sql.*lock timeout.*within the lock budget of 600 ms/);
  });

  it('undoes on a rollback what this release applied, newest first, and nothing else', async () => {
    await bus.publish([staged('undo', INIT)]);
    const release = staged('undo', {
      ...INIT,
      ...BONUS,
      'V1.2.0__bonus_wins.sql': 'CREATE TABLE wins (bonus bigint REFERENCES bonus);',
      'U1.2.0__bonus_wins.sql': 'DROP TABLE wins;',
    });
    await bus.publish([release]);
    expect(await tablesIn('module_acme_undo')).toContain('wins');
    const rollback = rolledBack(release.data);

    await bus.publish([rollback]);
    await bus.publish([rollback]);
    await settled();

    const [, , reverted, ...more] = await outcomesOf(release.data.releaseId, 3);
    expect(reverted).toMatchObject({
      type: 'migration.reverted',
      data: { scripts: [{ version: '1.2.0' }, { version: '1.1.0' }] },
    });
    expect(more).toEqual([]);
    expect(await tablesIn('module_acme_undo')).toEqual(['flyway_schema_history', 'rounds']);
    expect((await historyOf('module_acme_undo')).slice(-2)).toEqual([
      [4, '1.2.0', 'UNDO_SQL', 'U1.2.0__bonus_wins.sql', true],
      [5, '1.1.0', 'UNDO_SQL', 'U1.1.0__add_bonus.sql', true],
    ]);
  });

  it('applies again for the next release what was undone for the last', async () => {
    const first = staged('retry', INIT);
    await bus.publish([first, rolledBack(first.data)]);
    expect(await tablesIn('module_acme_retry')).toEqual(['flyway_schema_history']);

    await bus.publish([first]);
    expect(await tablesIn('module_acme_retry')).toEqual(['flyway_schema_history']);
    await bus.publish([staged('retry', INIT, '1.0.1')]);
    expect(await tablesIn('module_acme_retry')).toEqual(['flyway_schema_history', 'rounds']);
  });

  it.each<[string, Scripts, RegExp]>([
    [
      'fails',
      { ...INIT, 'U1__init.sql': 'DROP TABLE rounds; DROP TABLE nothing;' },
      /U1__init\.sql line 1: .*"nothing"/,
    ],
    [
      'leaves something behind',
      { 'V1__two.sql': 'CREATE TABLE one (); CREATE TABLE two ();', 'U1__two.sql': 'DROP TABLE one;' },
      /the undo scripts do not bring back what was there: \+ table two/,
    ],
  ])('refuses a release whose undo %s, before it gets near the players', async (_, scripts, detail) => {
    const event = staged('half-undo', scripts);

    await bus.publish([event]);

    const outcomes = await outcomesOf(event.data.releaseId, 1);
    expect(outcomes).toMatchObject([
      { type: 'migration.failed', data: { detail: expect.stringMatching(detail) } },
    ]);
    expect(await schemas()).not.toContain('module_acme_half_undo');
  });

  it('leaves the schema as it was when an undo fails in production, and says so', async () => {
    const event = staged('stuck', INIT);
    await bus.publish([event]);
    await sql.query('CREATE VIEW module_acme_stuck.theirs AS SELECT id FROM module_acme_stuck.rounds');

    await bus.publish([rolledBack(event.data)]);

    const [, , failed] = await outcomesOf(event.data.releaseId, 3);
    expect(failed?.type).toBe('migration.failed');
    expect(failed?.data.detail).toMatch(/the undo failed: U1__init\.sql line 1: cannot drop table rounds/);
    expect(await tablesIn('module_acme_stuck')).toContain('rounds');
  });

  it('keeps what has been written since that only the rolled back version knows', async () => {
    await bus.publish([staged('written', INIT)]);
    const next = staged('written', {
      ...INIT,
      'V2__prize.sql': 'ALTER TABLE rounds ADD COLUMN prize int DEFAULT 0; CREATE TABLE prizes (id int);',
      'U2__prize.sql': 'ALTER TABLE rounds DROP COLUMN prize; DROP TABLE prizes;',
    });
    await bus.publish([next]);
    await sql.query('INSERT INTO module_acme_written.rounds VALUES (2, 0), (3, 50)');

    await bus.publish([rolledBack(next.data)]);

    const [, , kept] = await outcomesOf(next.data.releaseId, 3);
    expect(kept).toMatchObject({
      type: 'migration.reverted',
      data: {
        scripts: [],
        detail: 'V2__prize.sql stay, for an undo would lose data: rounds.prize has 1 rows more',
      },
    });
    expect(await tablesIn('module_acme_written')).toContain('prizes');
  });

  it('takes away what the version before used only after the promotion', async () => {
    await bus.publish([staged('lean', { ...INIT, ...BONUS })]);
    const release = staged('lean', {
      ...INIT,
      ...BONUS,
      'V2__wins.sql': 'CREATE TABLE wins (id int);',
      'U2__wins.sql': 'DROP TABLE wins;',
      'V3__drop_bonus.sql': 'DROP TABLE bonus;',
    });
    await bus.publish([release]);
    const [, applied] = await outcomesOf(release.data.releaseId, 2);
    expect(applied?.data.scripts).toMatchObject([{ version: '2' }]);
    expect(await tablesIn('module_acme_lean')).toContain('bonus');

    await bus.publish([promoted(release.data)]);

    const [, , contracted] = await outcomesOf(release.data.releaseId, 3);
    expect(contracted).toMatchObject({ type: 'migration.contracted', data: { scripts: [{ version: '3' }] } });
    expect(await tablesIn('module_acme_lean')).not.toContain('bonus');
  });

  it('builds an index beside the traffic, outside a transaction', async () => {
    const release = staged('indexed', {
      ...INIT,
      'V2__index.sql': 'CREATE INDEX CONCURRENTLY rounds_id ON rounds (id);',
      'U2__index.sql': 'DROP INDEX CONCURRENTLY rounds_id;',
    });

    await bus.publish([release]);

    const [, applied] = await outcomesOf(release.data.releaseId, 2);
    expect(applied).toMatchObject({
      type: 'migration.applied',
      data: { scripts: [{ version: '1' }, { version: '2' }] },
    });
  });

  it('stops what the lint calls an error, and lets through what its script allows', async () => {
    await bus.publish([staged('linted', INIT)]);
    const index = 'CREATE INDEX rounds_id ON rounds (id);';
    const refused = staged('linted', { ...INIT, 'V2__index.sql': index });
    const allowed = staged('linted', {
      ...INIT,
      'V2__index.sql': `-- croupier:allow index-blocks-writes\n${index}`,
    });

    await bus.publish([refused]);
    await bus.publish([allowed]);

    const [failed] = await outcomesOf(refused.data.releaseId, 1);
    expect(failed?.data.detail).toMatch(
      /^V2__index\.sql line 1: rounds takes no writes while .*\[index-blocks-writes\]/,
    );
    expect((await outcomesOf(allowed.data.releaseId, 2)).map(({ type }) => type)).toContain(
      'migration.applied',
    );
  });

  it('applies nothing for a release whose rollback came first', async () => {
    const event = staged('early', INIT);

    await bus.publish([rolledBack(event.data), event]);
    await settled();

    expect(await outcomesOf(event.data.releaseId, 0)).toEqual([]);
    expect(await schemas()).not.toContain('module_acme_early');
  });

  it('keeps two games apart whose names would give one schema', async () => {
    const [left, right] = [staged('mega-slots', INIT), staged('mega-slots', BONUS)];
    const labs = { ...right, data: { ...right.data, provider: 'acme-mega', game: 'slots' } };

    await bus.publish([left]);
    await bus.publish([labs]);

    expect(await tablesIn('module_acme_mega_slots')).toEqual(['flyway_schema_history', 'rounds']);
    const other = (await schemas()).filter((name) => /^module_acme_mega_slots_[0-9a-f]{10}$/.test(name));
    expect(await tablesIn(other[0] ?? '')).toEqual(['bonus', 'flyway_schema_history']);
  });

  describe('for operators', () => {
    it('shows the runs of a subject, newest first, and one in full', async () => {
      const [first, second] = [staged('shown', INIT), staged('shown', { ...INIT, ...BONUS }, '1.1.0')];
      await bus.publish([first, second]);

      const list = await get('/v1/migrations?subject=acme/shown').expect(200);
      expect(list.body.items).toMatchObject([
        { releaseId: second.data.releaseId, version: '1.1.0', status: 'applied' },
        { releaseId: first.data.releaseId, version: '1.0.0', status: 'applied' },
      ]);
      const one = await get(`/v1/migrations/${second.data.releaseId}`).expect(200);
      expect(one.body).toMatchObject({
        status: 'applied',
        scripts: [{ version: '1.1.0', description: 'add bonus' }],
        brought: [
          { version: '1', script: 'V1__init.sql', undoScript: 'U1__init.sql' },
          { version: '1.1.0', script: 'V1.1.0__add_bonus.sql', undoScript: 'U1.1.0__add_bonus.sql' },
        ],
      });
    });

    it('says no to what it does not know, does not understand, or to whom it does not know', async () => {
      const unknown = await get(`/v1/migrations/${randomUUID()}`).expect(404);
      expect(unknown.body.type).toBe('https://croupier.dev/problems/migrations-not-found');
      await get('/v1/migrations/latest').expect(422);
      await get('/v1/migrations?subject=slots').expect(422);
      await request(running.url).get('/v1/migrations').expect(401);
    });
  });

  function staged(game: string, scripts: Scripts, version = '1.0.0') {
    const releaseId = randomUUID() as ReleaseId;
    const migrations = Object.entries(scripts).map(([name, content]) => {
      served.set(`/${releaseId}/${name}`, content);
      return {
        path: `migrations/${name}`,
        url: `${filesUrl}/${releaseId}/${name}`,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    });
    const release = { releaseId, provider: 'acme', game, version, digest: '0'.repeat(64) };
    return newEvent('release.staged', { ...release, migrations }, { source: 'test' });
  }

  /** What is told goes out in order, so once this release is told everything before it is. */
  async function settled(): Promise<void> {
    const last = staged('last', {});
    await bus.publish([last]);
    await outcomesOf(last.data.releaseId, 1);
  }

  async function outcomesOf(releaseId: ReleaseId, count: number): Promise<Outcome[]> {
    const outcomes = () => told.filter(({ data }) => data.releaseId === releaseId);
    await eventually(() => outcomes().length >= count);
    return outcomes();
  }

  async function tablesIn(schema: string): Promise<string[]> {
    const { rows } = await sql.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1`,
      [schema],
    );
    return rows.map(({ name }) => name);
  }

  async function schemas(): Promise<string[]> {
    const { rows } = await sql.query<{ nspname: string }>('SELECT nspname FROM pg_namespace');
    return rows.map(({ nspname }) => nspname);
  }

  async function historyOf(schema: string): Promise<unknown[][]> {
    const { rows } = await sql.query<unknown[]>({
      text: `SELECT installed_rank, version, type, script, success FROM ${schema}.flyway_schema_history ORDER BY 1`,
      rowMode: 'array',
    });
    return rows;
  }

  async function inPlatform(text: string, parameter: string): Promise<void> {
    const client = new Client({ connectionString: database.url, options: '-c search_path=migrator' });
    await client.connect();
    await client.query(text, [parameter]);
    await client.end();
  }

  function get(path: string): request.Test {
    return request(running.url).get(path).set('authorization', `Bearer ${OPERATOR}`);
  }
});

function promoted({ releaseId, provider, game, version }: ReleaseStaged): CloudEvent {
  const release = { releaseId, provider, game, version };
  return newEvent(
    'rollout.promoted',
    { ...release, previousVersion: '1.0.0', flags: [] },
    { source: 'test' },
  );
}

function rolledBack({ releaseId, provider, game, version }: ReleaseStaged): CloudEvent {
  const release = { releaseId, provider, game, version };
  return newEvent(
    'rollout.rolled_back',
    { ...release, stableVersion: '1.0.0', reason: 'too many errors', evidence: [], flags: [] },
    { source: 'test' },
  );
}
