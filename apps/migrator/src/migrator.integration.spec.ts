import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { promoted, rolledBack, TestMigrator, rollbackCompleted, type Scripts } from '../test/test-migrator';

const INIT: Scripts = {
  'V1__init.sql': 'CREATE TABLE rounds (id bigint PRIMARY KEY);\nINSERT INTO rounds VALUES (1);',
  'U1__init.sql': 'DROP TABLE rounds;',
};
const BONUS: Scripts = {
  'V1.1.0__add_bonus.sql': 'CREATE TABLE bonus (id bigint PRIMARY KEY);',
  'U1.1.0__add_bonus.sql': 'DROP TABLE bonus;',
};

describe('the migrator service', () => {
  let migrator: TestMigrator;

  beforeAll(async () => {
    migrator = await TestMigrator.start();
  });

  afterAll(() => migrator.stop());

  it('proves, applies and records the migrations of a staged release', async () => {
    const event = migrator.staged('slots', { ...INIT, ...BONUS });

    await migrator.bus.publish([event]);

    const outcomes = await migrator.outcomesOf(event.data.releaseId, 2);
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
    await migrator.bus.publish([migrator.staged('wheel', INIT)]);
    const next = migrator.staged('wheel', { ...INIT, ...BONUS }, '1.1.0');

    await migrator.bus.publish([next]);

    const [, applied] = await migrator.outcomesOf(next.data.releaseId, 2);
    expect(applied?.data.scripts).toMatchObject([{ version: '1.1.0' }]);
    expect(await historyOf('module_acme_wheel')).toHaveLength(2);
  });

  it('applies once what is delivered many times at once', async () => {
    const event = migrator.staged('dice', INIT);

    await Promise.all([1, 2, 3, 4].map(() => migrator.bus.publish([event])));

    expect(await historyOf('module_acme_dice')).toHaveLength(1);
    await migrator.settled();
    expect((await migrator.outcomesOf(event.data.releaseId, 2)).map(({ type }) => type)).toEqual([
      'migration.planned',
      'migration.applied',
    ]);
  });

  it('still tells what it applied before it was cut off', async () => {
    const event = migrator.staged('keno', INIT);
    await migrator.bus.publish([event]);
    await migrator.outcomesOf(event.data.releaseId, 2);
    await migrator.inPlatform(
      `UPDATE release_migrations SET status = 'planned' WHERE release_id = $1`,
      event.data.releaseId,
    );
    await migrator.inPlatform('DELETE FROM inbox WHERE message_id = $1', event.id);
    migrator.served.clear();

    await migrator.bus.publish([event]);

    const outcomes = await migrator.outcomesOf(event.data.releaseId, 3);
    expect(outcomes[2]).toMatchObject({ type: 'migration.applied', data: { scripts: [{ version: '1' }] } });
    expect(await historyOf('module_acme_keno')).toHaveLength(1);
  });

  it('tells the same again when a release is staged by another message', async () => {
    const event = migrator.staged('again', INIT);
    await migrator.bus.publish([event]);

    await migrator.bus.publish([{ ...event, id: randomUUID() }]);

    const [, first, second] = await migrator.outcomesOf(event.data.releaseId, 3);
    expect(second).toMatchObject({ type: 'migration.applied', data: first?.data });
  });

  it('answers at once for a release without migrations', async () => {
    const event = migrator.staged('plain', {});

    await migrator.bus.publish([event]);
    await migrator.settled();

    expect(await migrator.outcomesOf(event.data.releaseId, 1)).toMatchObject([
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
    const event = migrator.staged('unlucky', scripts);

    await migrator.bus.publish([event]);

    const outcomes = await migrator.outcomesOf(event.data.releaseId, 1);
    expect(outcomes.map(({ type }) => type)).toEqual(['migration.failed']);
    expect(outcomes[0]?.data.detail).toMatch(detail);
    expect(await schemas()).not.toContain('module_acme_unlucky');
  });

  it('believes no script that is not the registered one', async () => {
    const event = migrator.staged('forged', INIT);
    const [first] = event.data.migrations;
    migrator.served.set(new URL(first?.url ?? '').pathname, 'DROP DATABASE production;');

    await migrator.bus.publish([event]);

    const [failed] = await migrator.outcomesOf(event.data.releaseId, 1);
    expect(failed).toMatchObject({ type: 'migration.failed', data: { scripts: [] } });
    expect(failed?.data.detail).toMatch(/V1__init\.sql has SHA-256 [0-9a-f]{64}, but/);
  });

  it('gives up a lock that the players hold, instead of queueing them behind it', async () => {
    await migrator.bus.publish([migrator.staged('busy', INIT)]);
    await migrator.sql.query('BEGIN; SELECT FROM module_acme_busy.rounds');
    const next = migrator.staged('busy', {
      ...INIT,
      'V2__more.sql': 'ALTER TABLE rounds ADD COLUMN win int;',
    });

    await migrator.bus.publish([next]);
    await migrator.sql.query('COMMIT');

    const [, failed] = await migrator.outcomesOf(next.data.releaseId, 2);
    expect(failed?.type).toBe('migration.failed');
    expect(failed?.data.detail).toMatch(/V2__more\.sql.*lock timeout.*within the lock budget of 600 ms/);
  });

  it('undoes on a rollback what this release applied, newest first, and nothing else', async () => {
    await migrator.bus.publish([migrator.staged('undo', INIT)]);
    const release = migrator.staged('undo', {
      ...INIT,
      ...BONUS,
      'V1.2.0__bonus_wins.sql': 'CREATE TABLE wins (bonus bigint REFERENCES bonus);',
      'U1.2.0__bonus_wins.sql': 'DROP TABLE wins;',
    });
    await migrator.bus.publish([release]);
    expect(await tablesIn('module_acme_undo')).toContain('wins');
    const rollback = rolledBack(release.data);

    await migrator.bus.publish([rollback]);
    await migrator.bus.publish([rollback]);
    await migrator.settled();

    const [, , reverted, ...more] = await migrator.outcomesOf(release.data.releaseId, 3);
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
    const first = migrator.staged('retry', INIT);
    await migrator.bus.publish([first, rolledBack(first.data)]);
    expect(await tablesIn('module_acme_retry')).toEqual(['flyway_schema_history']);

    await migrator.bus.publish([first]);
    expect(await tablesIn('module_acme_retry')).toEqual(['flyway_schema_history']);
    await migrator.bus.publish([migrator.staged('retry', INIT, '1.0.1')]);
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
    const event = migrator.staged('half-undo', scripts);

    await migrator.bus.publish([event]);

    const outcomes = await migrator.outcomesOf(event.data.releaseId, 1);
    expect(outcomes).toMatchObject([
      { type: 'migration.failed', data: { detail: expect.stringMatching(detail) } },
    ]);
    expect(await schemas()).not.toContain('module_acme_half_undo');
  });

  it('leaves the schema as it was when an undo fails in production, and says so', async () => {
    const event = migrator.staged('stuck', INIT);
    await migrator.bus.publish([event]);
    await migrator.sql.query(
      'CREATE VIEW module_acme_stuck.theirs AS SELECT id FROM module_acme_stuck.rounds',
    );

    await migrator.bus.publish([rolledBack(event.data)]);

    const [, , failed] = await migrator.outcomesOf(event.data.releaseId, 3);
    expect(failed?.type).toBe('migration.failed');
    expect(failed?.data.detail).toMatch(/the undo failed: U1__init\.sql line 1: cannot drop table rounds/);
    expect(await tablesIn('module_acme_stuck')).toContain('rounds');
  });

  it('keeps what has been written since that only the rolled back version knows', async () => {
    await migrator.bus.publish([migrator.staged('written', INIT)]);
    const next = migrator.staged('written', {
      ...INIT,
      'V2__prize.sql': 'ALTER TABLE rounds ADD COLUMN prize int DEFAULT 0; CREATE TABLE prizes (id int);',
      'U2__prize.sql': 'ALTER TABLE rounds DROP COLUMN prize; DROP TABLE prizes;',
    });
    await migrator.bus.publish([next]);
    await migrator.sql.query('INSERT INTO module_acme_written.rounds VALUES (2, 0), (3, 50)');

    await migrator.bus.publish([rolledBack(next.data)]);

    const [, , kept] = await migrator.outcomesOf(next.data.releaseId, 3);
    expect(kept).toMatchObject({
      type: 'migration.reverted',
      data: {
        scripts: [],
        detail: 'V2__prize.sql stay, for an undo would lose data: rounds.prize has 1 rows more',
      },
    });
    expect(await tablesIn('module_acme_written')).toContain('prizes');
  });

  it('finds what somebody has changed by hand since', async () => {
    await migrator.bus.publish([migrator.staged('drift', INIT)]);
    await migrator.sql.query('ALTER TABLE module_acme_drift.rounds ADD COLUMN by_hand int');
    const next = migrator.staged('drift', { ...INIT, ...BONUS }, '1.1.0');

    await migrator.bus.publish([next]);

    const [planned] = await migrator.outcomesOf(next.data.releaseId, 2);
    expect(planned?.data.detail).toMatch(/drifted.*\+ column rounds\.by_hand/);
  });

  it('undoes nothing while gateways still deal the version', async () => {
    const release = migrator.staged('dealt', { ...INIT, ...BONUS });
    await migrator.bus.publish([release]);

    await migrator.bus.publish([rolledBack(release.data, true)]);
    expect(await tablesIn('module_acme_dealt')).toContain('bonus');
    await migrator.bus.publish([rollbackCompleted(release.data)]);

    const [, , reverted] = await migrator.outcomesOf(release.data.releaseId, 3);
    expect(reverted?.type).toBe('migration.reverted');
    expect(await tablesIn('module_acme_dealt')).not.toContain('bonus');
  });

  it('undoes nothing that a later release brings, too', async () => {
    const first = migrator.staged('upon', { ...INIT, ...BONUS });
    await migrator.bus.publish([first]);
    await migrator.bus.publish([rolledBack(first.data, true)]);
    await migrator.bus.publish([migrator.staged('upon', { ...INIT, ...BONUS }, '1.0.1')]);

    await migrator.bus.publish([rollbackCompleted(first.data)]);

    const [, , kept] = await migrator.outcomesOf(first.data.releaseId, 3);
    expect(kept?.data.detail).toBe('V1.1.0__add_bonus.sql, V1__init.sql stay, for 1.0.1 brings them, too');
    expect(await tablesIn('module_acme_upon')).toContain('bonus');
  });

  it('takes away what the version before used only after the promotion', async () => {
    await migrator.bus.publish([migrator.staged('lean', { ...INIT, ...BONUS })]);
    const release = migrator.staged('lean', {
      ...INIT,
      ...BONUS,
      'V2__wins.sql': 'CREATE TABLE wins (id int);',
      'U2__wins.sql': 'DROP TABLE wins;',
      'V3__drop_bonus.sql': 'DROP TABLE bonus;',
    });
    await migrator.bus.publish([release]);
    const [, applied] = await migrator.outcomesOf(release.data.releaseId, 2);
    expect(applied?.data.scripts).toMatchObject([{ version: '2' }]);
    expect(await tablesIn('module_acme_lean')).toContain('bonus');

    await migrator.bus.publish([promoted(release.data)]);

    const [, , contracted] = await migrator.outcomesOf(release.data.releaseId, 3);
    expect(contracted).toMatchObject({ type: 'migration.contracted', data: { scripts: [{ version: '3' }] } });
    expect(await tablesIn('module_acme_lean')).not.toContain('bonus');
  });

  it('builds an index beside the traffic, outside a transaction', async () => {
    const release = migrator.staged('indexed', {
      ...INIT,
      'V2__index.sql': 'CREATE INDEX CONCURRENTLY rounds_id ON rounds (id);',
      'U2__index.sql': 'DROP INDEX CONCURRENTLY rounds_id;',
    });

    await migrator.bus.publish([release]);

    const [, applied] = await migrator.outcomesOf(release.data.releaseId, 2);
    expect(applied).toMatchObject({
      type: 'migration.applied',
      data: { scripts: [{ version: '1' }, { version: '2' }] },
    });
  });

  it('stops what the lint calls an error, and lets through what its script allows', async () => {
    await migrator.bus.publish([migrator.staged('linted', INIT)]);
    const index = 'CREATE INDEX rounds_id ON rounds (id);';
    const refused = migrator.staged('linted', { ...INIT, 'V2__index.sql': index });
    const allowed = migrator.staged('linted', {
      ...INIT,
      'V2__index.sql': `-- croupier:allow index-blocks-writes\n${index}`,
    });

    await migrator.bus.publish([refused]);
    await migrator.bus.publish([allowed]);

    const [failed] = await migrator.outcomesOf(refused.data.releaseId, 1);
    expect(failed?.data.detail).toMatch(
      /^V2__index\.sql line 1: rounds takes no writes while .*\[index-blocks-writes\]/,
    );
    expect((await migrator.outcomesOf(allowed.data.releaseId, 2)).map(({ type }) => type)).toContain(
      'migration.applied',
    );
  });

  it('applies nothing for a release whose rollback came first', async () => {
    const event = migrator.staged('early', INIT);

    await migrator.bus.publish([rolledBack(event.data), event]);
    await migrator.settled();

    expect(await migrator.outcomesOf(event.data.releaseId, 0)).toEqual([]);
    expect(await schemas()).not.toContain('module_acme_early');
  });

  it('keeps two games apart whose names would give one schema', async () => {
    const [left, right] = [migrator.staged('mega-slots', INIT), migrator.staged('mega-slots', BONUS)];
    const labs = { ...right, data: { ...right.data, provider: 'acme-mega', game: 'slots' } };

    await migrator.bus.publish([left]);
    await migrator.bus.publish([labs]);

    expect(await tablesIn('module_acme_mega_slots')).toEqual(['flyway_schema_history', 'rounds']);
    const other = (await schemas()).filter((name) => /^module_acme_mega_slots_[0-9a-f]{10}$/.test(name));
    expect(await tablesIn(other[0] ?? '')).toEqual(['bonus', 'flyway_schema_history']);
  });

  describe('for operators', () => {
    it('shows the runs of a subject, newest first, and one in full', async () => {
      const [first, second] = [
        migrator.staged('shown', INIT),
        migrator.staged('shown', { ...INIT, ...BONUS }, '1.1.0'),
      ];
      await migrator.bus.publish([first, second]);

      const list = await migrator.get('/v1/migrations?subject=acme/shown').expect(200);
      expect(list.body.items).toMatchObject([
        { releaseId: second.data.releaseId, version: '1.1.0', status: 'applied' },
        { releaseId: first.data.releaseId, version: '1.0.0', status: 'applied' },
      ]);
      const one = await migrator.get(`/v1/migrations/${second.data.releaseId}`).expect(200);
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
      const unknown = await migrator.get(`/v1/migrations/${randomUUID()}`).expect(404);
      expect(unknown.body.type).toBe('https://croupier.dev/problems/migrations-not-found');
      await migrator.get('/v1/migrations/latest').expect(422);
      await migrator.get('/v1/migrations?subject=slots').expect(422);
      await request(migrator.url).get('/v1/migrations').expect(401);
    });
  });

  async function tablesIn(schema: string): Promise<string[]> {
    const { rows } = await migrator.sql.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1`,
      [schema],
    );
    return rows.map(({ name }) => name);
  }

  async function schemas(): Promise<string[]> {
    const { rows } = await migrator.sql.query<{ nspname: string }>('SELECT nspname FROM pg_namespace');
    return rows.map(({ nspname }) => nspname);
  }

  async function historyOf(schema: string): Promise<unknown[][]> {
    const { rows } = await migrator.sql.query<unknown[]>({
      text: `SELECT installed_rank, version, type, script, success FROM ${schema}.flyway_schema_history ORDER BY 1`,
      rowMode: 'array',
    });
    return rows;
  }
});
