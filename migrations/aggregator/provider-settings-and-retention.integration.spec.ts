import { openDataSource } from '@croupier/persistence';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { ProvidersAndWebhooks1763900000000 } from './1763900000000-providers-and-webhooks';
import { ProviderSettingsAndRetention1763900001000 } from './1763900001000-provider-settings-and-retention';

describe('the migration to daily partitions', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  const migration = new ProviderSettingsAndRetention1763900001000();

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'aggregator',
      migrations: [ProvidersAndWebhooks1763900000000],
      poolSize: 1,
    });
    await dataSource.query(`INSERT INTO providers (name) VALUES ('acme')`);
    await dataSource.query(`INSERT INTO provider_secrets (provider, sealed) VALUES ('acme', '\\x00')`);
    await dataSource.query(
      `INSERT INTO webhooks (provider, webhook_id, event_id, type, body, received_at)
       SELECT 'acme', 'msg_' || n, gen_random_uuid(), 'game.added', '\\x7b7d', now() - n * interval '1 day'
         FROM generate_series(1, 40) n`,
    );
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const webhooks = (): Promise<unknown> => dataSource.query('SELECT * FROM webhooks ORDER BY webhook_id');
  const run = (work: 'up' | 'down'): Promise<void> =>
    dataSource.transaction(async ({ queryRunner }) => {
      if (queryRunner) await migration[work](queryRunner);
    });

  it('keeps every webhook, knows each of them still, and can be undone', async () => {
    const before = await webhooks();
    await run('up');
    expect(await webhooks()).toEqual(before);
    const ids = await dataSource.query<unknown[]>(
      'SELECT FROM webhook_ids JOIN webhooks USING (provider, webhook_id, event_id, received_at)',
    );
    expect(ids).toHaveLength(40);
    expect(await dataSource.query('SELECT form FROM provider_secrets')).toEqual([{ form: 'whsec' }]);

    await run('down');
    expect(await webhooks()).toEqual(before);
    await run('up');
    expect(await webhooks()).toEqual(before);
  });
});
