import { compareCatalogs, readCatalog, type Catalog } from '@croupier/persistence';
import { Client } from 'pg';
import { Gates } from './gates';
import { MigratorProcess, type Staged } from './migrator-process';
import { COUNT, GROUND, isOutside, MOMENTS, tenMigrations, type Moment, type Stop } from './ten-migrations';

const NUMBERS = Array.from({ length: COUNT }, (_, index) => index + 1);
const WITH_DATA = NUMBERS.filter((number) => !isOutside(number));
/** The first and the last, and two that no transaction holds, so that of each kind the server notices one at once. */
const TELLING = [1, 3, 6, COUNT];
const KILLED_AT = process.env['KILL_EVERYWHERE'] === undefined ? TELLING : NUMBERS;
const PATIENCE_MS = 120_000;

interface Installation {
  readonly migrator: MigratorProcess;
  readonly gates: Gates;
  readonly sql: Client;
}

const schemaOf = (game: string): string => `module_acme_${game.replaceAll('-', '_')}`;

describe('a migrator that is killed while it applies ten migrations', () => {
  // Apart, because an index that is built beside the traffic waits for every statement in its database.
  const installations = new Map<Moment, Installation>();

  beforeAll(async () => {
    await Promise.all(MOMENTS.map(async (moment) => installations.set(moment, await install())));
  }, PATIENCE_MS);

  afterAll(async () => {
    for (const { migrator, gates, sql } of installations.values()) {
      await sql.end();
      await gates.end();
      await migrator.end();
    }
  }, PATIENCE_MS);

  it.each(KILLED_AT)(
    'has each applied once when it goes on, killed before, within or after migration %i',
    async (migration) => {
      await Promise.all(
        [...installations].map(([moment, installation]) => killAt({ migration, moment }, installation)),
      );
    },
    PATIENCE_MS,
  );

  it(
    'has each applied once, and tells it once, when it was killed before it could tell',
    async () => {
      const { migrator, gates, sql } = installations.get('after')!;
      const platform = await Gates.make(migrator.platform.url);
      await expectApplied(migrator, await migrator.stage('untold', '1.0.0', GROUND));
      await gates.shut();
      const release = await migrator.stage(
        'untold',
        '1.1.0',
        tenMigrations({ migration: COUNT, moment: 'after' }),
      );
      await gates.standing();
      await platform.holdTable('migrator.release_migrations');
      await gates.open();
      await platform.standing('croupier-migrator');

      await migrator.kill();
      await expectComplete(sql, 'untold');
      await platform.open();
      await migrator.start();

      await expectApplied(migrator, release);
      await expectComplete(sql, 'untold');
      await platform.end();
    },
    PATIENCE_MS,
  );

  it('never stood in its own way', async () => {
    for (const { sql } of installations.values()) {
      const { rows } = await sql.query<{ deadlocks: string }>(
        'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
      );
      expect(rows).toEqual([{ deadlocks: '0' }]);
    }
  });
});

async function install(): Promise<Installation> {
  const migrator = await MigratorProcess.prepare();
  const gates = await Gates.make(migrator.modules.url);
  await (await Gates.make(migrator.shadow.url)).end();
  const sql = new Client({ connectionString: migrator.modules.url });
  await sql.connect();
  await migrator.start();
  await expectApplied(migrator, await migrator.stage('calm', '1.0.0', GROUND));
  await expectApplied(migrator, await migrator.stage('calm', '1.1.0', tenMigrations()));
  return { migrator, gates, sql };
}

async function killAt(stop: Stop, { migrator, gates, sql }: Installation): Promise<void> {
  const game = `killed-${stop.migration}`;
  await expectApplied(migrator, await migrator.stage(game, '1.0.0', GROUND));
  await gates.shut();
  await gates.hold(schemaOf(game), stop);
  const release = await migrator.stage(game, '1.1.0', tenMigrations(stop));
  const session = await gates.standing();

  await migrator.kill();
  await expectNoHalves(sql, game);

  // What the server does for the dead goes on until it notices: in every second round it does at once.
  const isNoticed = stop.migration % 2 === 0;
  if (isNoticed) await gates.endSession(session);
  await migrator.start();
  if (!isNoticed) await gates.joined(session);
  await gates.open();

  await expectApplied(migrator, release);
  await expectComplete(sql, game);
}

async function expectApplied(migrator: MigratorProcess, release: Staged): Promise<void> {
  const outcomes = await migrator.outcomesOf(release);
  expect(outcomes.map(({ type, data }) => [type, data.detail])).toEqual([
    ['migration.planned', expect.anything()],
    ['migration.applied', expect.anything()],
  ]);
}

/** Of what a transaction holds, the schema has what the history has. */
async function expectNoHalves(sql: Client, game: string): Promise<void> {
  const schema = schemaOf(game);
  const { rows } = await sql.query<Record<'history' | 'effects' | 'tables', number[]>>(
    `SELECT
       ARRAY(SELECT version::int FROM ${schema}.flyway_schema_history
         WHERE version <> '0.1' AND version::int = ANY ($1) ORDER BY 1) AS history,
       ARRAY(SELECT migration FROM ${schema}.effects ORDER BY 1) AS effects,
       ARRAY(SELECT replace(tablename, 'step_', '')::int FROM pg_tables
         WHERE schemaname = $2 AND starts_with(tablename, 'step_') ORDER BY 1) AS tables`,
    [WITH_DATA, schema],
  );
  expect(rows[0]?.effects).toEqual(rows[0]?.history);
  expect(rows[0]?.tables).toEqual(rows[0]?.history);
}

async function expectComplete(sql: Client, game: string): Promise<void> {
  const history = await sql.query<{ version: string; success: boolean }>(
    `SELECT version, success FROM ${schemaOf(game)}.flyway_schema_history ORDER BY installed_rank`,
  );
  expect(history.rows).toEqual(
    ['0.1', ...NUMBERS.map(String)].map((version) => ({ version, success: true })),
  );
  const effects = await sql.query<{ migration: number }>(
    `SELECT migration FROM ${schemaOf(game)}.effects ORDER BY 1`,
  );
  expect(effects.rows.map((row) => row.migration)).toEqual(WITH_DATA);
  expect(compareCatalogs(await catalogOf(sql, 'calm'), await catalogOf(sql, game))).toEqual([]);
}

async function catalogOf(sql: Client, game: string): Promise<Catalog> {
  const catalog = await readCatalog(sql, schemaOf(game));
  return catalog.map((object) => ({
    ...object,
    definition: object.definition.replaceAll(`${schemaOf(game)}.`, ''),
  }));
}
