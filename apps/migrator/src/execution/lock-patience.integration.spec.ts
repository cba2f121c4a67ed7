import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import { TestMigrator, type Scripts } from '../../test/test-migrator';

const INIT: Scripts = { 'V1__init.sql': 'CREATE TABLE rounds (id bigint PRIMARY KEY);' };
const MORE: Scripts = { ...INIT, 'V2__more.sql': 'ALTER TABLE rounds ADD COLUMN win int;' };

describe('a migration with a long transaction in its way', () => {
  let migrator: TestMigrator;
  let player: Client;

  beforeAll(async () => {
    migrator = await TestMigrator.start({
      MIGRATION_LOCK_TIMEOUT_MS: '100',
      MIGRATION_LOCK_BUDGET_MS: '50000',
    });
    player = new Client({ connectionString: migrator.modulesUrl });
    await player.connect();
  });

  afterAll(async () => {
    await player.end();
    await migrator.stop();
  });

  it('lets the players through between its attempts, and is applied when the transaction ends', async () => {
    await migrator.bus.publish([migrator.staged('busy', INIT)]);
    await migrator.sql.query('BEGIN; SELECT FROM module_acme_busy.rounds');
    const release = migrator.staged('busy', MORE, '1.1.0');
    const done = migrator.bus.publish([release]);
    const attempts = new Set<string>();

    await eventually(async () => {
      const { rows } = await player.query<{ began: string }>(
        `SELECT xact_start::text AS began FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'croupier-migrator-modules'
           AND wait_event_type = 'Lock'`,
      );
      for (const { began } of rows) {
        attempts.add(began);
        // Queues up behind the migration, which waits for a transaction that is still open.
        await player.query(
          `INSERT INTO module_acme_busy.rounds VALUES (${attempts.size}) ON CONFLICT DO NOTHING`,
        );
      }
      return attempts.size >= 2;
    });
    await migrator.sql.query('COMMIT');
    await done;

    const outcomes = await migrator.outcomesOf(release.data.releaseId, 2);
    expect(outcomes.map(({ type }) => type)).toEqual(['migration.planned', 'migration.applied']);
  });
});
