import { openDataSource } from '@croupier/persistence';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { VersionsAndPools1763900000000 } from './1763900000000-versions-and-pools';
import { CatalogAndClearance1763900046000 } from './1763900046000-catalog-and-clearance';

const MANIFEST = JSON.stringify({ requires: [{ subject: 'acme/wallet', range: '^1' }] });

describe('the migration to the catalogue', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  const migration = new CatalogAndClearance1763900046000();

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'registry',
      migrations: [VersionsAndPools1763900000000],
      poolSize: 1,
    });
    for (const [version, precedence, pool] of [
      ['1.0.0', '011010010~', 'retired'],
      ['1.1.0', '011011010~', 'production'],
      ['1.2.0-rc.1', '011012010-', 'retired'],
    ])
      await dataSource.query(
        `INSERT INTO versions (provider, game, version, precedence, digest, manifest_url, manifest, markets, pool, announced_at)
         VALUES ('acme', 'slots', $1, $2, 'd', 'https://cdn.example/m.json', $3, '{MT,SE}', $4, now())`,
        [version, precedence, MANIFEST, pool],
      );
    for (const [version, from, to, reason, hour] of [
      ['1.0.0', null, 'candidate', 'registered', 1],
      ['1.0.0', 'candidate', 'production', 'promoted', 2],
      ['1.1.0', null, 'candidate', 'registered', 3],
      ['1.0.0', 'production', 'retired', '1.1.0 was promoted', 4],
      ['1.1.0', 'candidate', 'production', 'promoted', 4],
      ['1.2.0-rc.1', null, 'candidate', 'registered', 5],
      ['1.2.0-rc.1', 'candidate', 'retired', 'rolled back: errors', 6],
    ])
      await dataSource.query(
        `INSERT INTO pool_moves (provider, game, version, from_pool, to_pool, reason, event_id, moved_at)
         VALUES ('acme', 'slots', $1, $2, $3, $4, 'event', timestamptz '2025-01-01T00:00Z' + $5 * interval '1 hour')`,
        [version, from, to, reason, hour],
      );
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const run = (work: 'up' | 'down'): Promise<void> =>
    dataSource.transaction(async ({ queryRunner }) => {
      if (queryRunner) await migration[work](queryRunner);
    });
  const rows = (sql: string): Promise<Record<string, unknown>[]> => dataSource.query(sql);

  it('keeps what is known of versions, puts it in the catalogue, and can be undone', async () => {
    const moves = 'SELECT version, from_pool, to_pool, reason, moved_at FROM pool_moves ORDER BY version, id';
    const before = await rows(moves);
    await run('up');

    expect(
      await rows('SELECT latest_version, production_version, version_count, channel FROM games'),
    ).toEqual([
      { latest_version: '1.2.0-rc.1', production_version: '1.1.0', version_count: 3, channel: 'beta' },
    ]);
    expect(
      await rows(`SELECT version, cleared_markets, due_at <= now() AS is_due
                    FROM versions JOIN clearance_reviews USING (provider, game, version)
                   WHERE channel = 'stable' ORDER BY version`),
    ).toEqual([
      { version: '1.0.0', cleared_markets: ['MT', 'SE'], is_due: true },
      { version: '1.1.0', cleared_markets: ['MT', 'SE'], is_due: true },
    ]);
    expect(
      await rows(
        `SELECT version, pool FROM pool_stays WHERE from_at <= '2025-01-01T03:30Z'
            AND (to_at > '2025-01-01T03:30Z' OR to_at IS NULL) ORDER BY version`,
      ),
    ).toEqual([
      { version: '1.0.0', pool: 'production' },
      { version: '1.1.0', pool: 'candidate' },
    ]);
    expect(await rows(`SELECT kind FROM pool_events WHERE version = '1.0.0' ORDER BY id`)).toEqual([
      { kind: 'registered' },
      { kind: 'promoted' },
    ]);
    expect(await rows('SELECT DISTINCT subject, range FROM version_requirements')).toEqual([
      { subject: 'acme/wallet', range: '^1' },
    ]);

    await run('down');
    expect(await rows(moves)).toEqual(before);
    await run('up');
    expect(await rows('SELECT count(*)::int AS stays FROM pool_stays')).toEqual([{ stays: 7 }]);
  });
});
