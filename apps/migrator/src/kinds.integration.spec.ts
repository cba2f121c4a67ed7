import { compareCatalogs, readCatalog, type Catalog } from '@croupier/persistence';
import { rolledBack, TestMigrator, type Outcome, type Scripts } from '../test/test-migrator';

const ROUNDS: Scripts = {
  'V1__rounds.sql': 'CREATE TABLE rounds (id bigint PRIMARY KEY);',
  'U1__rounds.sql': 'DROP TABLE rounds;',
};
const WINS: Scripts = {
  'V2__wins.sql': 'ALTER TABLE rounds ADD COLUMN win numeric;',
  'U2__wins.sql': 'ALTER TABLE rounds DROP COLUMN win;',
};
const BASELINE: Scripts = {
  'B2__all_so_far.sql': 'CREATE TABLE rounds (id bigint PRIMARY KEY, win numeric);',
};
const NOTES: Scripts = {
  'V3__notes.sql': 'CREATE TABLE notes (round bigint);',
  'U3__notes.sql': 'DROP TABLE notes;',
};
const VIEW: Scripts = { 'R__seen.sql': 'CREATE OR REPLACE VIEW seen AS SELECT id FROM rounds;' };
const WIDER_VIEW: Scripts = {
  'R__seen.sql': 'DROP VIEW IF EXISTS seen;\nCREATE VIEW seen AS SELECT id, win FROM rounds;',
};

describe('baselines and scripts that can be repeated', () => {
  let migrator: TestMigrator;

  beforeAll(async () => {
    migrator = await TestMigrator.start();
  });

  afterAll(() => migrator.stop());

  it('begin an empty schema with the baseline, instead of all up to its version', async () => {
    const outcome = await ship('fresh', { ...ROUNDS, ...WINS, ...BASELINE, ...NOTES }, '1.0.0');

    expect(outcome.data.scripts.map(({ version }) => version)).toEqual(['2', '3']);
    expect(await historyOf('fresh')).toMatchObject([
      { installed_rank: 1, version: '2', type: 'SQL_BASELINE', script: 'B2__all_so_far.sql', success: true },
      { installed_rank: 2, version: '3', type: 'SQL', script: 'V3__notes.sql', success: true },
    ]);
  });

  it('go on from the baseline with the next release, which is proven on a copy made from it', async () => {
    await ship('older', { ...ROUNDS, ...WINS, ...BASELINE }, '1.0.0');

    const release = migrator.staged('older', { ...ROUNDS, ...WINS, ...BASELINE, ...NOTES }, '1.1.0');
    await migrator.bus.publish([release]);

    const [planned, applied] = await migrator.outcomesOf(release.data.releaseId, 2);
    expect(planned?.data.detail).toContain('on a copy of the schema; undone and applied again');
    expect(applied?.data.scripts).toMatchObject([{ version: '3' }]);
  });

  it('leave the baseline out where there is a history', async () => {
    await ship('grown', { ...ROUNDS, ...WINS }, '1.0.0');

    const outcome = await ship('grown', { ...ROUNDS, ...WINS, ...BASELINE, ...NOTES }, '1.1.0');

    expect(outcome.data.scripts).toMatchObject([{ version: '3' }]);
  });

  it('repeat a script after the versions, whenever its text is another, and never else', async () => {
    await ship('views', { ...ROUNDS, ...VIEW }, '1.0.0');
    const unchanged = await ship('views', { ...ROUNDS, ...VIEW, ...NOTES }, '1.1.0');
    const changed = await ship(
      'views',
      { ...ROUNDS, ...NOTES, 'V4__wins.sql': WINS['V2__wins.sql']!, ...WIDER_VIEW },
      '1.2.0',
    );

    expect(unchanged.data.scripts).toMatchObject([{ version: '3' }]);
    expect(changed.data.scripts).toMatchObject([{ version: '4' }, { version: '', description: 'seen' }]);
    const history = await historyOf('views');
    expect(history.map(({ version, type, script }) => [version, type, script])).toEqual([
      ['1', 'SQL', 'V1__rounds.sql'],
      [null, 'SQL', 'R__seen.sql'],
      ['3', 'SQL', 'V3__notes.sql'],
      ['4', 'SQL', 'V4__wins.sql'],
      [null, 'SQL', 'R__seen.sql'],
    ]);
    expect(history[1]?.checksum).not.toBe(history[4]?.checksum);
  });

  it('put the text before back on a rollback, ahead of the undo of what it stood on', async () => {
    await ship('back', { ...ROUNDS, ...VIEW }, '1.0.0');
    const before = await catalogOf('back');
    const release = migrator.staged('back', { ...ROUNDS, ...WINS, ...WIDER_VIEW }, '1.1.0');
    const narrow = { ...VIEW, 'R__seen.sql': `DROP VIEW IF EXISTS seen;\n${VIEW['R__seen.sql']}` };
    await ship('back', { ...ROUNDS, ...narrow }, '1.0.1');
    await migrator.bus.publish([release]);
    const [planned] = await migrator.outcomesOf(release.data.releaseId, 2);
    expect(planned?.data.detail).toContain('undone and applied again with equal catalogs');

    await migrator.bus.publish([rolledBack(release.data)]);
    await migrator.bus.publish([rolledBack(release.data)]);

    const [, , reverted] = await migrator.outcomesOf(release.data.releaseId, 3);
    expect(reverted?.data.scripts).toMatchObject([{ version: '', description: 'seen' }, { version: '2' }]);
    expect(compareCatalogs(before, await catalogOf('back'))).toEqual([]);
    const again = await ship('back', { ...ROUNDS, ...narrow }, '1.0.2');
    expect(again.data.scripts).toEqual([]);
  });

  it('keep on a rollback what nothing is known to have been before, and all that it may stand on', async () => {
    await ship('first', ROUNDS, '1.0.0');
    const release = migrator.staged('first', { ...ROUNDS, ...WINS, ...WIDER_VIEW }, '1.1.0');
    await migrator.bus.publish([release, rolledBack(release.data)]);

    await migrator.settled();

    expect((await catalogOf('first')).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['seen', 'rounds.win']),
    );
  });

  async function ship(game: string, scripts: Scripts, version: string): Promise<Outcome> {
    const release = migrator.staged(game, scripts, version);
    await migrator.bus.publish([release]);
    const [planned, applied] = await migrator.outcomesOf(release.data.releaseId, 2);
    expect([planned?.type, applied?.type]).toEqual(['migration.planned', 'migration.applied']);
    return applied!;
  }

  function catalogOf(game: string): Promise<Catalog> {
    return readCatalog(migrator.sql, `module_acme_${game}`);
  }

  async function historyOf(game: string): Promise<Record<string, unknown>[]> {
    const { rows } = await migrator.sql.query<Record<string, unknown>>(
      `SELECT installed_rank, version, type, script, checksum, success
       FROM module_acme_${game}.flyway_schema_history ORDER BY 1`,
    );
    return rows;
  }
});
