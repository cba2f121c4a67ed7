import { randomUUID } from 'node:crypto';
import { MigrationPlan, MigrationRunDetail, ModuleStatusList } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { TestMigrator, type Scripts } from '../../test/test-migrator';

const ROUNDS: Scripts = {
  'V1__rounds.sql': 'CREATE TABLE rounds (id bigint PRIMARY KEY);',
  'U1__rounds.sql': 'DROP TABLE rounds;',
};
const WINS: Scripts = {
  'V2__wins.sql': 'ALTER TABLE rounds ADD COLUMN win int;',
  'U2__wins.sql': 'ALTER TABLE rounds DROP COLUMN win;',
};

describe('migrations on demand', () => {
  let migrator: TestMigrator;

  beforeAll(async () => {
    migrator = await TestMigrator.start();
  });

  afterAll(() => migrator.stop());

  it('are planned with their SQL, locks, lint findings and changes, and nothing is changed', async () => {
    await apply('planned', ROUNDS);

    const answer = await migrator
      .post(
        '/v1/migrations/plan',
        draft('planned', { ...ROUNDS, ...WINS, 'V3__at.sql': 'CREATE INDEX at ON rounds (id);' }),
      )
      .expect(200);

    const plan = MigrationPlan.parse(answer.body);
    expect(plan).toMatchObject({
      engine: 'flyway',
      schema: 'module_acme_planned',
      pending: [
        { version: '2', undoScript: 'U2__wins.sql' },
        { version: '3', undoScript: null },
      ],
      refusal: expect.stringContaining('[index-blocks-writes]'),
    });
    expect(plan.report.statements[0]).toMatchObject({
      sql: 'ALTER TABLE rounds ADD COLUMN win int',
      locks: expect.arrayContaining([{ relation: 'rounds', mode: 'AccessExclusiveLock' }]),
    });
    expect(plan.report.changes.map(({ name }) => name)).toContain('rounds.win');
    expect(await status('planned')).toMatchObject([{ version: '1', applied: 1 }]);
  });

  it('are applied, and undone, by name', async () => {
    await apply('named', ROUNDS);
    const run = await apply('named', { ...ROUNDS, ...WINS }, '1.1.0');
    expect(run).toMatchObject({
      origin: 'operator',
      status: 'applied',
      scripts: [{ version: '2' }],
      detail: '1 migrations are applied; asked for by eve: a try',
    });

    const undone = await migrator
      .post(`/v1/migrations/${run.releaseId}/undo`, { reason: 'enough' })
      .set('x-croupier-actor', 'eve')
      .expect(200);

    expect(undone.body).toMatchObject({
      status: 'reverted',
      scripts: [{ version: '2' }],
      detail: '1 migrations are undone; asked for by eve: enough',
    });
    expect(await status('named')).toMatchObject([{ version: '1' }]);
    await migrator.post(`/v1/migrations/${run.releaseId}/undo`, { reason: 'again' }).expect(409);
  });

  it('are undone with a loss only by force', async () => {
    await apply('forced', ROUNDS);
    const { releaseId } = await apply('forced', { ...ROUNDS, ...WINS }, '1.1.0');
    await migrator.sql.query('INSERT INTO module_acme_forced.rounds VALUES (1, 50)');

    const refused = await migrator.post(`/v1/migrations/${releaseId}/undo`, { reason: 'away' }).expect(409);
    const forced = await migrator
      .post(`/v1/migrations/${releaseId}/undo`, { reason: 'away', force: true })
      .expect(200);

    expect(refused.body).toMatchObject({
      type: 'https://croupier.dev/problems/undo-loses-data',
      detail: expect.stringContaining('rounds.win has 1 rows more'),
    });
    expect(forced.body).toMatchObject({
      status: 'reverted',
      detail: '1 migrations are undone; forced by operator: away',
    });
  });

  it('are cancelled while a statement runs, and the schema is as it was', async () => {
    await apply('slow', ROUNDS);
    const slow = {
      ...ROUNDS,
      ...WINS,
      // On the empty copy it is over at once.
      'V3__slow.sql': 'UPDATE rounds SET win = 1 WHERE pg_sleep(50) IS NOT NULL;',
      'U3__slow.sql': 'SELECT 1;',
    };
    await migrator.sql.query('INSERT INTO module_acme_slow.rounds VALUES (1)');
    const outcome = migrator
      .post('/v1/migrations', order('slow', slow, '1.1.0'))
      .then(({ body }) => body as unknown);
    const sleeping = async (): Promise<boolean> =>
      (
        await migrator.sql.query(
          `SELECT FROM pg_stat_activity WHERE query LIKE 'UPDATE rounds%' AND state = 'active' AND datname = current_database()`,
        )
      ).rowCount === 1;
    await eventually(sleeping);
    const { body } = await migrator.get('/v1/migrations?subject=acme/slow&limit=1').expect(200);
    const busy = await migrator.post('/v1/migrations/plan', draft('slow', slow)).expect(409);
    expect(busy.body.type).toBe('https://croupier.dev/problems/module-busy');

    await migrator
      .post(`/v1/migrations/${body.items[0].releaseId}/cancel`, { reason: 'too slow' })
      .expect(202);

    expect(await outcome).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(
        /^cancelled by operator: too slow; the schema is as it was; asked for by/,
      ),
    });
    expect(await status('slow')).toMatchObject([{ version: '1' }]);
    await migrator.post(`/v1/migrations/${body.items[0].releaseId}/cancel`, { reason: 'late' }).expect(409);
  });

  it('are refused with what is wrong with them', async () => {
    const named = await migrator
      .post('/v1/migrations/plan', draft('wrong', { 'setup.sql': 'SELECT 1' }))
      .expect(422);
    const broken = await migrator
      .post('/v1/migrations', order('wrong', { 'V1__x.sql': 'SELEKT 1' }))
      .expect(422);
    await migrator.post('/v1/migrations', { ...order('wrong', ROUNDS), reason: undefined }).expect(422);
    await migrator.post(`/v1/migrations/${randomUUID()}/undo`, { reason: 'why not' }).expect(404);

    expect(named.body).toMatchObject({
      type: 'https://croupier.dev/problems/migrations-refused',
      errors: [{ field: 'scripts' }],
    });
    expect(broken.body.detail).toContain('V1__x.sql line 1: syntax error');
  });

  it('are told of with the drift of the schema from its history', async () => {
    await apply('drifted', ROUNDS);
    await migrator.sql.query('ALTER TABLE module_acme_drifted.rounds ADD COLUMN theirs int');

    const [there] = await status('drifted', true);

    expect(there).toMatchObject({
      environment: 'production',
      tenant: null,
      schema: 'module_acme_drifted',
      engine: 'flyway',
      version: '1',
      failed: [],
      drift: [{ kind: 'column', name: 'rounds.theirs', before: null }],
    });
  });

  it('begin on a schema that was made by other means with a baseline', async () => {
    await migrator.sql.query(
      'CREATE SCHEMA module_acme_legacy; CREATE TABLE module_acme_legacy.rounds (id bigint)',
    );
    const order = { version: '1', reason: 'made by hand' };

    await migrator.post('/v1/modules/acme/legacy/baseline', order).expect(200);

    expect(await apply('legacy', { ...ROUNDS, ...WINS })).toMatchObject({
      status: 'applied',
      scripts: [{ version: '2' }],
    });
    const { body } = await migrator.post('/v1/modules/acme/legacy/baseline', order).expect(409);
    expect(body.type).toBe('https://croupier.dev/problems/history-exists');
  });

  it('go on after a repair where another tool has left a failure', async () => {
    await apply('torn', ROUNDS);
    await migrator.sql.query('UPDATE module_acme_torn.flyway_schema_history SET success = false');
    await migrator.post('/v1/migrations/plan', draft('torn', ROUNDS)).expect(422);
    expect(await status('torn')).toMatchObject([{ failed: ['V1__rounds.sql'] }]);

    const { body } = await migrator.post('/v1/modules/acme/torn/repair', {}).expect(200);

    expect(body).toEqual({ removed: ['V1__rounds.sql'] });
    expect(await status('torn')).toMatchObject([{ failed: [] }]);
  });

  it('are described by the service itself', async () => {
    const { body } = await migrator.get('/openapi.json').expect(200);

    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/v1/migrations/plan',
        '/v1/migrations/{releaseId}/undo',
        '/v1/migrations/{releaseId}/cancel',
        '/v1/modules/{provider}/{game}/baseline',
      ]),
    );
    expect(JSON.stringify(body.paths['/v1/migrations'].post)).toContain('X-Croupier-Actor');
    expect(body.components.schemas).toHaveProperty('MigrationPlanDto_Output.properties.report');
  });

  async function apply(game: string, scripts: Scripts, version = '1.0.0'): Promise<MigrationRunDetail> {
    const answer = await migrator
      .post('/v1/migrations', order(game, scripts, version))
      .set('x-croupier-actor', 'eve')
      .expect(201);
    return MigrationRunDetail.parse(answer.body);
  }

  async function status(game: string, drift = false): Promise<ModuleStatusList['items']> {
    const answer = await migrator.get(`/v1/modules?subject=acme/${game}&drift=${drift}`).expect(200);
    return ModuleStatusList.parse(answer.body).items;
  }
});

function draft(game: string, scripts: Scripts): object {
  return {
    provider: 'acme',
    game,
    scripts: Object.entries(scripts).map(([path, sql]) => ({ path, sql })),
  };
}

function order(game: string, scripts: Scripts, version = '1.0.0'): object {
  return { ...draft(game, scripts), version, reason: 'a try' };
}
