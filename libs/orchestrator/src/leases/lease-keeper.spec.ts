import { FakeClock } from '../../test/fake-clock';
import type { Lease, LeaseStore } from '../ports/lease-store';
import { LeaseKeeper } from './lease-keeper';

const TTL_MS = 3_000;
const HELD: Lease[] = [
  { partition: 3, token: 7 },
  { partition: 4, token: 1 },
];

/** Answers `leases`, when it is told to. */
class SlowLeaseStore implements LeaseStore {
  leases: readonly Lease[] = HELD;
  readonly released: string[] = [];
  private answers: (() => void)[] = [];

  constructor(private readonly atOnce = true) {}

  async renew(): Promise<readonly Lease[]> {
    if (!this.atOnce) await new Promise<void>((resolve) => this.answers.push(resolve));
    return this.leases;
  }

  async release(replicaId: string): Promise<void> {
    this.released.push(replicaId);
  }

  answer(): void {
    this.answers.shift()?.();
  }
}

function keeping(store = new SlowLeaseStore()): {
  clock: FakeClock;
  store: SlowLeaseStore;
  keeper: LeaseKeeper;
} {
  const clock = new FakeClock();
  return { clock, store, keeper: new LeaseKeeper('one', store, clock) };
}

describe('the keeper of leases', () => {
  it('holds nothing before it has asked', () => {
    expect(keeping().keeper.current().size).toBe(0);
  });

  it('holds what the store answers, by partition', async () => {
    const { keeper } = keeping();
    await keeper.renew();
    expect([...keeper.current()]).toEqual(HELD.map((lease) => [lease.partition, lease]));
  });

  it('holds nothing past the time of its leases, whatever the store would say', async () => {
    const { keeper, clock } = keeping();
    await keeper.renew();
    clock.pass(TTL_MS - 1);
    expect(keeper.current().size).toBe(2);
    clock.pass(1);
    expect(keeper.current().size).toBe(0);
  });

  it('holds on as long as it renews', async () => {
    const { keeper, clock } = keeping();
    for (let turn = 0; turn < 10; turn += 1) {
      await keeper.renew();
      clock.pass(TTL_MS - 1);
      expect(keeper.current().size).toBe(2);
    }
  });

  it('counts the time from before it asked: a slow answer is worth less, one that took all of it nothing', async () => {
    const { keeper, clock, store } = keeping(new SlowLeaseStore(false));
    const renewing = keeper.renew();
    clock.pass(TTL_MS - 1);
    store.answer();
    await renewing;
    expect(keeper.current().size).toBe(2);
    clock.pass(1);
    expect(keeper.current().size).toBe(0);

    const again = keeper.renew();
    clock.pass(TTL_MS);
    store.answer();
    await again;
    expect(keeper.current().size).toBe(0);
  });

  it('lets go what the store answers no more, and takes a new token for what has come back', async () => {
    const { keeper, store } = keeping();
    await keeper.renew();
    store.leases = [{ partition: 4, token: 3 }];
    await keeper.renew();
    expect([...keeper.current().values()]).toEqual([{ partition: 4, token: 3 }]);
  });

  it('keeps what it holds until its time is over when the store does not answer', async () => {
    const { keeper, clock, store } = keeping();
    await keeper.renew();
    store.renew = () => Promise.reject(new Error('no connection'));
    clock.pass(TTL_MS - 1);
    await expect(keeper.renew()).rejects.toThrow('no connection');
    expect(keeper.current().size).toBe(2);
    clock.pass(1);
    expect(keeper.current().size).toBe(0);
  });

  it('holds nothing as soon as it lets go, even when the store cannot be told', async () => {
    const { keeper, store } = keeping();
    await keeper.renew();
    store.release = () => Promise.reject(new Error('no connection'));
    await expect(keeper.release()).rejects.toThrow('no connection');
    expect(keeper.current().size).toBe(0);
  });

  it('frees all that is its own in the store', async () => {
    const { keeper, store } = keeping();
    await keeper.renew();
    await keeper.release();
    expect(store.released).toEqual(['one']);
  });
});
