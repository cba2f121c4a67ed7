import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedBus } from '@croupier/messaging';
import {
  InProcessCache,
  startService,
  type RunningService,
  type ServiceDefinition,
} from '@croupier/service-kit';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import {
  applyMigrations,
  baselineModule,
  cancelMigrations,
  listMigrationRuns,
  planMigrations,
  repairModule,
  showMigrationStatus,
  undoMigrations,
  validateMigrations,
} from './migrate-command';

const OPERATOR_TOKEN = 'operator-token-of-the-test';
const state = '/nowhere';

describe('croupier migrate', () => {
  let databases: FreshDatabase[];
  let running: RunningService;
  let bus: EmbeddedBus;
  let folder: string;
  let printed: string[];

  beforeAll(async () => {
    databases = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()]);
    const [platform, modules, tenant] = databases;
    // Not imported: no app depends on another's inside.
    const { service } = jest.requireActual<{ service: ServiceDefinition }>(
      join(__dirname, '../../../migrator/src/service'),
    );
    bus = new EmbeddedBus();
    running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: platform!.url,
        MODULE_DATABASE_URL: modules!.url,
        MIGRATION_SHADOW_DATABASE_URL: platform!.url,
        MIGRATION_DATABASES: JSON.stringify([
          { environment: 'staging', tenant: 'north', url: tenant!.url },
          { environment: 'staging', tenant: 'gone', url: 'postgres://127.0.0.1:1/gone' },
        ]),
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN,
        SERVICE_TOKEN: 'service-token-of-the-test',
      },
    });
    process.env['MIGRATOR_URL'] = running.url;
    process.env['OPERATOR_TOKEN'] = OPERATOR_TOKEN;
    folder = await mkdtemp(join(tmpdir(), 'croupier-migrate-'));
    await writeFile(join(folder, 'V1__rounds.sql'), 'CREATE TABLE rounds (id bigint PRIMARY KEY);');
    await writeFile(join(folder, 'U1__rounds.sql'), 'DROP TABLE rounds;');
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await Promise.all(databases.map((database) => database.drop()));
    await rm(folder, { recursive: true });
    process.exitCode = 0;
  });

  beforeEach(() => {
    printed = [];
    process.exitCode = 0;
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text).trimEnd());
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  it('plans what a folder would do, applies it, tells of it, and undoes it', async () => {
    await planMigrations('acme/wallet', folder, { state });
    expect(printed).toEqual(
      expect.arrayContaining([
        'module_acme_wallet: 1 pending, by flyway',
        '  V1__rounds.sql  expand  with undo',
        'CREATE TABLE rounds (id bigint PRIMARY KEY);',
        '  + table rounds',
        'May be applied.',
      ]),
    );

    const why = { moduleVersion: '1.0.0', reason: 'the first', actor: 'eve' };
    await applyMigrations('acme/wallet', folder, { state, json: true, ...why });
    const { releaseId } = JSON.parse(printed.at(-1) ?? '{}') as { releaseId: string };

    await showMigrationStatus('acme/wallet', { state, drift: true });
    expect(printed).toEqual(
      expect.arrayContaining([
        'acme/wallet  production  1  1 applied by flyway',
        '  is what its history says',
        'acme/wallet  staging of north  no history',
        'acme/wallet  staging of gone  no history',
        expect.stringMatching(/^ {2}cannot be told: .*ECONNREFUSED/),
      ]),
    );
    expect(process.exitCode).toBe(1);

    await undoMigrations(releaseId, { state, reason: 'enough', actor: 'eve' });
    await listMigrationRuns('acme/wallet', { state });
    expect(printed.at(-1)).toBe(
      `${releaseId}  acme/wallet@1.0.0  reverted  1 migrations are undone; asked for by eve: enough`,
    );
    await expect(cancelMigrations(releaseId, { state, reason: 'too late' })).rejects.toThrow(
      'Only what is planned can be cancelled',
    );
  });

  it('says what a folder is refused for', async () => {
    const wrong = join(folder, 'wrong');
    await mkdir(wrong);
    await writeFile(join(wrong, 'V1__index.sql'), 'CREATE TABLE a (); DROP TABLE a;');

    await validateMigrations('acme/wrong', wrong, { state });

    expect(printed.at(-1)).toMatch(/^V1__index\.sql: the script both adds and takes away/);
    expect(process.exitCode).toBe(1);
    await expect(planMigrations('wallet', folder, { state })).rejects.toThrow('wallet is no module');
  });

  it('begins and mends histories', async () => {
    const sql = new Client({ connectionString: databases[1]?.url });
    await sql.connect();
    await sql.query('CREATE SCHEMA module_acme_old');
    await sql.end();

    await baselineModule('acme/old', '3.1', { state, reason: 'made by hand' });
    await repairModule('acme/old', { state });

    expect(printed).toContain('acme/old  production  3.1  1 applied by flyway');
    expect(printed.at(-1)).toBe('Nothing to repair.');
  });
});
