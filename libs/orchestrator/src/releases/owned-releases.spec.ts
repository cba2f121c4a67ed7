import type { Effect, RolloutInput } from '@croupier/rollout';
import { leasesOf } from '../../test/memory-lease-store';
import { MemoryReleaseStore } from '../../test/memory-release-store';
import { releaseId } from '../../test/release-plan';
import { command, inStep, queued, told } from '../../test/stored-releases';
import { EffectQueue } from '../effects/effect-queue';
import type { PendingEffect, StoredRelease } from '../ports/release-store';
import { OwnedReleases } from './owned-releases';

const HERE = 3;
const THERE = 4;

function caching(): { store: MemoryReleaseStore; effects: EffectQueue; owned: OwnedReleases } {
  const store = new MemoryReleaseStore();
  const effects = new EffectQueue();
  return { store, effects, owned: new OwnedReleases(store, effects) };
}

function releaseOf(number: number, partition = HERE): StoredRelease {
  return queued({ releaseId: releaseId(number), game: `game-${number}` }, { partition });
}

function pendingOf(
  { id }: StoredRelease,
  kind: 'stop-staging' | 'deploy-staging' = 'stop-staging',
): PendingEffect {
  const effect: Effect = { kind, key: `${id}:${kind}` };
  return { releaseId: id, sequence: 1, effect };
}

function failed(release: StoredRelease): StoredRelease {
  return told(release, command('abort'));
}

describe('the releases owned', () => {
  it('are all that is not finished in the partitions held', async () => {
    const { store, owned } = caching();
    const mine = releaseOf(1);
    store.keep(mine);
    store.keep(releaseOf(2, THERE));
    store.keep(failed(releaseOf(3)));
    expect(await owned.refresh(leasesOf(1, [HERE]))).toEqual([mine.id]);
    expect([...owned.all()]).toEqual([mine]);
  });

  it('are none, and nothing is asked for, without a lease', async () => {
    const { store, owned } = caching();
    store.keep(releaseOf(1));
    expect(await owned.refresh(new Map())).toEqual([]);
    expect(store.looks).toEqual([]);
    expect(owned.size).toBe(0);
  });

  it('are read once, and after that only where they have changed', async () => {
    const { store, owned } = caching();
    const [one, two] = [releaseOf(1), releaseOf(2)];
    store.keep(one);
    store.keep(two);
    const leases = leasesOf(1, [HERE]);
    await owned.refresh(leases);
    expect(await owned.refresh(leases)).toEqual([]);
    const started = told(one, { kind: 'start', stableVersion: '1.0.0', unmet: [] });
    store.keep(started);
    expect(await owned.refresh(leases)).toEqual([one.id]);
    expect(owned.get(one.id)).toBe(started);
    expect(owned.get(two.id)).toBe(two);
  });

  it('are replaced by what is newer, or as new, and never by what is older', () => {
    const { owned } = caching();
    const release = releaseOf(1);
    const newer = told(release, { kind: 'start', stableVersion: '1.0.0', unmet: [] });
    owned.adopt([newer], []);
    owned.adopt([release], []);
    expect(owned.get(release.id)).toBe(newer);
    // Traffic changes without a new entry in the timeline.
    const routed = { ...newer, stepRoutingVersion: 4 };
    owned.adopt([routed], []);
    expect(owned.get(release.id)).toBe(routed);
  });

  it('are forgotten with the lease, their effects too', async () => {
    const { store, effects, owned } = caching();
    const [lost, kept] = [releaseOf(1), releaseOf(2, THERE)];
    store.keep(lost, pendingOf(lost));
    store.keep(kept, pendingOf(kept));
    await owned.refresh(leasesOf(1, [HERE, THERE]));
    expect(owned.follow(leasesOf(1, [THERE]))).toEqual([]);
    expect([...owned.all()]).toEqual([kept]);
    expect(effects.nextOutside()).toEqual([pendingOf(kept)]);
  });

  it('are read as a whole again when a partition comes back, for others may have acted meanwhile', async () => {
    const { store, effects, owned } = caching();
    const [one, done] = [releaseOf(1), releaseOf(2)];
    store.keep(one, pendingOf(one));
    store.keep(done);
    await owned.refresh(leasesOf(1, [HERE]));
    await owned.refresh(new Map());
    store.keep(failed(done));
    await owned.refresh(leasesOf(2, [HERE]));
    expect(store.looks.at(-1)).toEqual({ partitions: [HERE], cursor: null });
    expect([...owned.all()]).toEqual([one]);
    expect(effects.nextOutside()).toEqual([pendingOf(one)]);
    expect(await owned.refresh(leasesOf(2, [HERE]))).toEqual([]);
  });

  it('are read as a whole again when the lease has another token, although it was never seen to be lost', async () => {
    const { store, owned } = caching();
    const release = releaseOf(1);
    store.keep(release);
    await owned.refresh(leasesOf(1, [HERE]));
    expect(owned.follow(leasesOf(3, [HERE]))).toEqual([HERE]);
    expect(owned.size).toBe(0);
    await owned.refresh(leasesOf(3, [HERE]));
    expect(store.looks.at(-1)).toEqual({ partitions: [HERE], cursor: null });
    expect([...owned.all()]).toEqual([release]);
  });

  it('miss nothing that changes while a new partition is being read', async () => {
    const { store, owned } = caching();
    const [one, two] = [releaseOf(1), releaseOf(2, THERE)];
    store.keep(one);
    store.keep(two);
    await owned.refresh(leasesOf(1, [HERE]));
    const changes = store.changes.bind(store);
    const start: RolloutInput = { kind: 'start', stableVersion: '1.0.0', unmet: [] };
    const [before, after] = [told(one, start), told(two, start)];
    store.changes = async (partitions, cursor) => {
      if (cursor === null) store.keep(before);
      const seen = await changes(partitions, cursor);
      if (cursor === null) store.keep(after);
      return seen;
    };
    await owned.refresh(leasesOf(1, [HERE, THERE]));
    expect([owned.get(one.id), owned.get(two.id)]).toEqual([one, two]);
    await owned.refresh(leasesOf(1, [HERE, THERE]));
    expect([owned.get(one.id), owned.get(two.id)]).toEqual([before, after]);
  });

  it('are read again when the store has failed in the middle', async () => {
    const { store, owned } = caching();
    const [one, two] = [releaseOf(1), releaseOf(2, THERE)];
    store.keep(one);
    store.keep(two);
    await owned.refresh(leasesOf(1, [HERE]));
    const changes = store.changes.bind(store);
    store.changes = (partitions, cursor) =>
      cursor === null ? Promise.reject(new Error('no connection')) : changes(partitions, cursor);
    await expect(owned.refresh(leasesOf(1, [HERE, THERE]))).rejects.toThrow('no connection');
    expect(owned.follow(leasesOf(1, [HERE, THERE]))).toEqual([THERE]);
    store.changes = changes;
    await owned.refresh(leasesOf(1, [HERE, THERE]));
    expect(owned.size).toBe(2);
  });

  it('stay after their end until their effects are done', async () => {
    const { store, effects, owned } = caching();
    const ended = failed(releaseOf(1));
    const cleanup = pendingOf(ended);
    store.keep(ended, cleanup);
    await owned.refresh(leasesOf(1, [HERE]));
    owned.settle(ended.id);
    expect(owned.get(ended.id)).toBe(ended);
    effects.finished(cleanup);
    owned.settle(ended.id);
    expect(owned.size).toBe(0);
  });

  it('go at once when they end with nothing left to do', () => {
    const { owned } = caching();
    const release = releaseOf(1);
    owned.adopt([release], []);
    owned.adopt([failed(release)], []);
    expect(owned.size).toBe(0);
  });

  it('stay while they only drain', () => {
    const { owned } = caching();
    const rolledBack = told(inStep(1), command('abort'));
    owned.adopt([rolledBack], []);
    owned.settle(rolledBack.id);
    expect(owned.get(rolledBack.id)).toBe(rolledBack);
  });
});
