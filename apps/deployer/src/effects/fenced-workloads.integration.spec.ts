import { randomUUID } from 'node:crypto';
import { deployerMigrations } from '@croupier/migrations';
import { StaleLease, type StoredRelease } from '@croupier/orchestrator';
import { Outbox } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import type { ReleasePlan } from '@croupier/rollout';
import { freshDatabase, registered, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { LeaseRepository } from '../leases/lease-repository';
import type { ReleaseRecord } from '../releases/release-record';
import { RoutingRepository } from '../routing/routing-repository';
import { StandingRepository } from '../routing/standing-repository';
import { WorkloadRepository } from '../workloads/workload-repository';
import { WorkloadEffects } from './workload-effects';

const LEASE_MS = 60_000;

describe('what is stored of workloads', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let effects: WorkloadEffects;
  let routing: RoutingRepository;
  let stored: StoredRelease;
  let token: number;

  const rows = (): Promise<{ environment: string; running: boolean; endpoint: string | null }[]> =>
    dataSource.query('SELECT environment, running, endpoint FROM workloads ORDER BY environment');

  const perform = (kind: 'deploy-staging' | 'stop-staging' | 'deploy-production', fencingToken: number) =>
    effects.perform({ kind, key: `key:${kind}` }, stored, fencingToken);

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'deployer',
      migrations: deployerMigrations,
      poolSize: 4,
    });
    const leases = new LeaseRepository(dataSource);
    const [lease] = await leases.renew(randomUUID(), LEASE_MS);
    token = lease!.token;
    const { data } = registered('slots', '1.0.0', 'http://games.test');
    stored = { id: randomUUID(), partition: lease!.partition } as unknown as StoredRelease;
    const release = { ...data, id: stored.id, reason: 'a rehearsal' } as unknown as ReleaseRecord;
    routing = new RoutingRepository(dataSource, new Outbox(), new StandingRepository(dataSource));
    effects = new WorkloadEffects(
      dataSource,
      leases,
      { find: () => Promise.resolve(release) } as never,
      {
        deploy: () => Promise.resolve({ endpoint: 'http://games.test/1.0.0' }),
        remove: () => Promise.resolve(),
      } as never,
      undefined as never,
      new WorkloadRepository(dataSource),
      routing,
      { announce: () => undefined } as never,
    );
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is changed by the holder of the lease', async () => {
    await perform('deploy-staging', token);
    expect(await rows()).toEqual([
      { environment: 'staging', running: true, endpoint: 'http://games.test/1.0.0' },
    ]);
  });

  it('is neither hidden nor brought back by a replica that has lost it', async () => {
    await expect(perform('stop-staging', token - 1)).rejects.toThrow(StaleLease);
    expect(await rows()).toMatchObject([{ running: true }]);
    await perform('stop-staging', token);
    await expect(perform('deploy-staging', token - 1)).rejects.toThrow(StaleLease);
    await expect(perform('deploy-production', token - 1)).rejects.toThrow(StaleLease);
    expect(await rows()).toEqual([{ environment: 'staging', running: false, endpoint: null }]);
  });

  it('keeps what players are sent to again since it was chosen to be retired', async () => {
    const plan = { provider: 'acme', game: 'slots', version: '1.0.0' } as ReleasePlan;
    const effect = { kind: 'promote-traffic', key: 'key:promote' } as const;
    const retire = () =>
      effects.perform({ kind: 'retire-workload', version: '1.0.0', key: 'key:retire' }, stored, token);
    const running = () =>
      dataSource.query<unknown[]>(`SELECT running FROM workloads WHERE environment = 'production'`);
    await perform('deploy-production', token);
    await dataSource.transaction(async (tx) => {
      await routing.ensureSubject(tx, plan.provider, plan.game);
      await routing.deal(tx, [{ plan, effect, traceparent: null }]);
    });
    await expect(retire()).rejects.toThrow('Players are sent to 1.0.0 again');
    expect(await running()).toEqual([{ running: true }]);

    await dataSource.transaction(async (tx) => {
      await tx.query('DELETE FROM stable_versions');
      await tx.query('UPDATE subjects SET stable_version = NULL');
      await routing.publish(tx, [plan]);
    });
    expect(await retire()).toEqual({ kind: 'retired', version: '1.0.0' });
    expect(await running()).toEqual([{ running: false }]);
    await dataSource.query(`DELETE FROM workloads WHERE environment = 'production'`);
  });

  it('stays stopped when a restoration comes late', async () => {
    const { data } = registered('slots', '1.0.0', 'http://games.test');
    const spec = { environment: 'staging', ...data } as const;
    const restored = await new WorkloadRepository(dataSource).restored(
      dataSource.manager,
      spec,
      'http://late.test',
    );
    expect(restored).toBe(false);
    expect(await rows()).toMatchObject([{ running: false, endpoint: null }]);
  });
});
