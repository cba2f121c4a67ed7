import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MigrationPlan } from '@croupier/contracts';
import { compareCatalogs, readCatalog, type Catalog } from '@croupier/persistence';
import { eventually } from '@croupier/testing';
import { rolledBack, TestMigrator, type Scripts } from '../../test/test-migrator';

const EXAMPLE = resolve(__dirname, '../../../../examples/migrations/jackpots');
const HEAD = '--liquibase formatted sql\n\n';
const SEATS = `${HEAD}--changeset eve:seats\nCREATE TABLE seats (id bigint PRIMARY KEY);\n--rollback DROP TABLE seats;\n`;
/** Each run of Liquibase starts a Java of its own, several a release: most tests go on with the module of the one before. */
const SLOW_MS = 300_000;

describe('a module whose changesets Liquibase runs', () => {
  let migrator: TestMigrator;
  let example: Scripts;

  beforeAll(async () => {
    migrator = await TestMigrator.start();
    example = await filesOf(EXAMPLE);
  }, SLOW_MS);

  afterAll(() => migrator.stop(), SLOW_MS);

  it(
    'is planned, tried, applied and undone without a trace, release by release',
    async () => {
      const { '2024-03-tenants.sql': _, ...start } = example;
      const first = migrator.staged('jackpots', start, '1.0.0');
      await migrator.bus.publish([first]);
      const [, applied] = await migrator.outcomesOf(first.data.releaseId, 2);
      expect(applied).toMatchObject({ type: 'migration.applied' });
      expect(applied?.data.scripts).toHaveLength(8);
      const before = await catalogOf('jackpots');

      const second = migrator.staged('jackpots', example, '1.1.0');
      await migrator.bus.publish([second]);
      const [planned, more] = await migrator.outcomesOf(second.data.releaseId, 2);
      expect(planned?.data.detail).toContain('undone and applied again with equal catalogs');
      expect(planned?.data.detail).not.toContain('drifted');
      expect(more?.data.scripts.map(({ version }) => version)).toEqual([
        'tenant-of-pot',
        'contributions-by-time',
        'touched',
        'hits-stay',
      ]);
      const after = await catalogOf('jackpots');
      expect(compareCatalogs(before, after)).not.toEqual([]);

      await migrator.bus.publish([rolledBack(second.data)]);
      const [, , reverted] = await migrator.outcomesOf(second.data.releaseId, 3);
      expect(reverted).toMatchObject({ type: 'migration.reverted' });
      expect(reverted?.data.scripts).toHaveLength(4);
      expect(compareCatalogs(before, await catalogOf('jackpots'))).toEqual([]);

      const third = migrator.staged('jackpots', example, '1.1.1');
      await migrator.bus.publish([third]);
      await migrator.outcomesOf(third.data.releaseId, 2);
      expect(compareCatalogs(after, await catalogOf('jackpots'))).toEqual([]);
    },
    SLOW_MS,
  );

  it(
    'has a history that Liquibase reads, with the release that brought each changeset',
    async () => {
      const release = migrator.staged('seats', { 'seats.sql': SEATS });
      await migrator.bus.publish([release]);
      await migrator.outcomesOf(release.data.releaseId, 2);

      const { rows } = await migrator.sql.query(
        'SELECT id, author, filename, exectype, labels FROM module_acme_seats.databasechangelog',
      );
      expect(rows).toEqual([
        {
          id: 'seats',
          author: 'eve',
          filename: 'migrations/seats.sql',
          exectype: 'EXECUTED',
          labels: `croupier:${release.data.releaseId}`,
        },
      ]);
    },
    SLOW_MS,
  );

  it(
    'refuses a changeset that was changed after it had been applied, as Liquibase does',
    async () => {
      const more = `${SEATS.replace('bigint', 'int')}\n--changeset eve:more\nCREATE TABLE more ();\n--rollback DROP TABLE more;\n`;
      const release = migrator.staged('seats', { 'seats.sql': more }, '1.1.0');

      await migrator.bus.publish([release]);

      const [failed] = await migrator.outcomesOf(release.data.releaseId, 1);
      expect(failed).toMatchObject({ type: 'migration.failed' });
      expect(failed?.data.detail).toMatch(/seats\.sql::seats::eve was: 9:\w+ but is now: 9:\w+/);
    },
    SLOW_MS,
  );

  it(
    'is left as it was when a changeset fails in production',
    async () => {
      await migrator.sql.query('CREATE TABLE module_acme_seats.theirs ()');
      const release = migrator.staged(
        'seats',
        {
          'seats.sql': SEATS,
          'b.sql': `${HEAD}--changeset eve:ours\nCREATE TABLE ours ();\n--rollback DROP TABLE ours;\n\n--changeset eve:theirs\nCREATE TABLE theirs ();\n--rollback DROP TABLE theirs;\n`,
        },
        '1.2.0',
      );

      await migrator.bus.publish([release]);

      const [, failed] = await migrator.outcomesOf(release.data.releaseId, 2);
      expect(failed?.data.detail).toMatch(/relation "theirs" already exists.*; the schema is as it was/);
      expect((await catalogOf('seats')).map(({ name }) => name)).not.toContain('ours');
      await migrator.sql.query('DROP TABLE module_acme_seats.theirs');
    },
    SLOW_MS,
  );

  it(
    'is planned on demand with the SQL that Liquibase would run, and the locks of each statement',
    async () => {
      const more = `${HEAD}--changeset eve:row\nALTER TABLE seats ADD COLUMN line int;\n--rollback ALTER TABLE seats DROP COLUMN line;\n`;
      const scripts = [
        { path: 'migrations/seats.sql', sql: SEATS },
        { path: 'migrations/row.sql', sql: more },
      ];

      const { body } = await migrator
        .post('/v1/migrations/plan', { provider: 'acme', game: 'seats', scripts })
        .expect(200);

      const plan = MigrationPlan.parse(body);
      expect(plan).toMatchObject({ engine: 'liquibase', pending: [{ version: 'row' }], refusal: null });
      expect(plan.report.sql).toContain('ALTER TABLE seats ADD COLUMN line int;');
      expect(plan.report.sql).toContain('INSERT INTO module_acme_seats.databasechangelog');
      expect(plan.report.statements).toMatchObject([
        { line: 2, locks: expect.arrayContaining([{ relation: 'seats', mode: 'AccessExclusiveLock' }]) },
      ]);
      expect((await catalogOf('seats')).map(({ name }) => name)).not.toContain('seats.line');
    },
    SLOW_MS,
  );

  it(
    'goes on where a Liquibase of ours was ended while it held the lock',
    async () => {
      await migrator.sql.query(
        `UPDATE module_acme_seats.databasechangeloglock SET locked = true, lockgranted = now(), lockedby = 'here#croupier (10.0.0.1)'`,
      );
      const more = `${SEATS}\n--changeset eve:more\nCREATE TABLE more ();\n--rollback DROP TABLE more;\n`;
      const release = migrator.staged('seats', { 'seats.sql': more }, '1.3.0');

      await migrator.bus.publish([release]);

      const [, applied] = await migrator.outcomesOf(release.data.releaseId, 2);
      expect(applied).toMatchObject({ type: 'migration.applied', data: { scripts: [{ version: 'more' }] } });
    },
    SLOW_MS,
  );

  it(
    'is cancelled while Liquibase runs a statement, and is left as it was',
    async () => {
      await migrator.sql.query('INSERT INTO module_acme_seats.seats VALUES (1)');
      // On the empty copy it is over at once.
      const slow = `${SEATS}\n--changeset eve:line\nALTER TABLE seats ADD COLUMN line int;\n--rollback ALTER TABLE seats DROP COLUMN line;\n\n--changeset eve:slow\nUPDATE seats SET line = 1 WHERE pg_sleep(50) IS NOT NULL;\n--rollback empty\n`;
      const release = migrator.staged('seats', { 'seats.sql': slow }, '1.4.0');
      const published = migrator.bus.publish([release]);
      const sleeping = async (): Promise<boolean> =>
        (
          await migrator.sql.query(
            `SELECT FROM pg_stat_activity WHERE query LIKE 'UPDATE seats%' AND state = 'active'
               AND datname = current_database()`,
          )
        ).rowCount === 1;
      await eventually(sleeping, { timeoutMs: SLOW_MS });

      await migrator
        .post(`/v1/migrations/${release.data.releaseId}/cancel`, { reason: 'too slow' })
        .expect(202);

      await published;
      const [, failed] = await migrator.outcomesOf(release.data.releaseId, 2);
      expect(failed?.data.detail).toBe('cancelled by operator: too slow; the schema is as it was');
      expect((await catalogOf('seats')).map(({ name }) => name)).not.toContain('seats.line');
    },
    SLOW_MS,
  );

  it(
    'still tells what was undone when that was cut off before it could be told',
    async () => {
      const release = migrator.staged('cut', { 'seats.sql': SEATS });
      await migrator.bus.publish([release]);
      await migrator.outcomesOf(release.data.releaseId, 2);
      await migrator.sql.query(
        'DROP TABLE module_acme_cut.seats; DELETE FROM module_acme_cut.databasechangelog',
      );

      await migrator.bus.publish([rolledBack(release.data)]);

      const [, , reverted] = await migrator.outcomesOf(release.data.releaseId, 3);
      expect(reverted).toMatchObject({
        type: 'migration.reverted',
        data: { scripts: [{ version: 'seats' }], detail: '1 migrations are undone' },
      });
    },
    SLOW_MS,
  );

  it(
    'says no to scripts of another engine’s',
    async () => {
      await migrator.bus.publish([migrator.staged('mixed', { 'V1__a.sql': 'CREATE TABLE a ();' })]);
      const release = migrator.staged('mixed', { 'seats.sql': SEATS }, '1.1.0');

      await migrator.bus.publish([release]);

      const [failed] = await migrator.outcomesOf(release.data.releaseId, 1);
      expect(failed?.data.detail).toBe('the schema has a history of Flyway’s; bring V and U scripts');
    },
    SLOW_MS,
  );

  function catalogOf(game: string): Promise<Catalog> {
    return readCatalog(migrator.sql, `module_acme_${game}`);
  }
});

async function filesOf(folder: string): Promise<Scripts> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}
