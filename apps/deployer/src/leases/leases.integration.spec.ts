import { randomUUID } from 'node:crypto';
import { deployerMigrations } from '@croupier/migrations';
import { PARTITIONS, StaleLease } from '@croupier/orchestrator';
import { openDataSource } from '@croupier/persistence';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { DataSource } from 'typeorm';
import { LeaseRepository } from './lease-repository';

const LONG_MS = 60_000;

describe('the leases', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let leases: LeaseRepository;

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await openDataSource({
      url: database.url,
      schema: 'deployer',
      migrations: deployerMigrations,
    });
    leases = new LeaseRepository(dataSource);
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const partitions = (held: readonly { partition: number }[]) =>
    held.map(({ partition }) => partition).sort();

  it('are all held by a replica that is alone', async () => {
    const held = await leases.renew(randomUUID(), LONG_MS);
    expect(held).toHaveLength(PARTITIONS);
    expect(new Set(held.map(({ token }) => token))).toEqual(new Set([1]));
  });

  it('are shared with a second replica, each held by one', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    await leases.renew(one, LONG_MS);
    expect(await leases.renew(two, LONG_MS)).toEqual([]);
    const kept = await leases.renew(one, LONG_MS);
    const taken = await leases.renew(two, LONG_MS);
    expect(kept).toHaveLength(PARTITIONS / 2);
    expect(taken).toHaveLength(PARTITIONS / 2);
    expect(new Set([...partitions(kept), ...partitions(taken)]).size).toBe(PARTITIONS);
    expect(taken.every(({ token }) => token === 2)).toBe(true);
  });

  it('keep their tokens while they are renewed', async () => {
    const one = randomUUID();
    const first = await leases.renew(one, LONG_MS);
    expect(await leases.renew(one, LONG_MS)).toEqual(first);
  });

  it('go to another when their time is over, with a higher token, and fence the one before out', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const [stale] = await leases.renew(one, 1);
    const taken = await eventually(async () => {
      const held = await leases.renew(two, LONG_MS);
      return held.length === PARTITIONS && held;
    });
    expect(taken[0]?.token).toBe(2);
    await dataSource.transaction(async (tx) => {
      await expect(leases.fence(tx, [stale!])).rejects.toThrow(StaleLease);
      await expect(leases.fence(tx, taken)).resolves.toBeUndefined();
    });
  });

  it('are free at once when a replica stops', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    await leases.renew(one, LONG_MS);
    await leases.release(one);
    expect(await leases.renew(two, LONG_MS)).toHaveLength(PARTITIONS);
  });
});
