import type { Effect } from '@croupier/rollout';
import { allLeases, leasesOf } from '../../test/memory-lease-store';
import { MemoryReleaseStore } from '../../test/memory-release-store';
import { RecordingObserver } from '../../test/recording-observer';
import { releaseId } from '../../test/release-plan';
import { inStep } from '../../test/stored-releases';
import type { PendingEffect } from '../ports/release-store';
import { OwnedReleases } from '../releases/owned-releases';
import { EffectQueue } from './effect-queue';
import { TrafficRouter } from './traffic-router';

function weight(of: number, percent: number, sequence = percent): PendingEffect {
  const effect: Effect = {
    kind: 'set-weight',
    key: `${of}:set-weight:${percent}`,
    weights: { elsewhere: percent, markets: {} },
  };
  return { releaseId: releaseId(of), sequence, effect };
}

/** As many releases with a weight to set, each in the partition of its number. */
function routing(...effects: readonly PendingEffect[]) {
  const store = new MemoryReleaseStore(() => 1);
  const queue = new EffectQueue();
  const owned = new OwnedReleases(store, queue);
  const observer = new RecordingObserver();
  for (const { releaseId: id } of effects) {
    const partition = Number(id.slice(-2));
    const release = inStep(
      0,
      { releaseId: id, game: `game-${partition}` },
      { partition, stepRoutingVersion: null },
    );
    store.keep(release, ...effects.filter((effect) => effect.releaseId === id));
    owned.adopt([release], []);
  }
  queue.add(effects);
  return { store, queue, owned, observer, router: new TrafficRouter(store, owned, queue, observer) };
}

describe('the router of traffic', () => {
  it('deals all that is waiting in one new snapshot', async () => {
    const effects = [weight(1, 5), weight(2, 10), weight(3, 25)];
    const { store, queue, owned, observer, router } = routing(...effects);
    await router.route(allLeases());
    expect(store.snapshots).toEqual([effects.map(({ effect }) => effect)]);
    expect(queue.traffic()).toEqual([]);
    for (const number of [1, 2, 3])
      expect(owned.get(releaseId(number))?.stepRoutingVersion).toBe(store.routingVersion);
    expect(observer.routings).toHaveLength(1);
  });

  it('makes no snapshot when nothing is waiting', async () => {
    const { store, router } = routing();
    await router.route(allLeases());
    expect(store.snapshots).toEqual([]);
  });

  it('deals several of one release together, in their order', async () => {
    const { store, router } = routing(weight(1, 0, 3), weight(1, 5, 2));
    await router.route(allLeases());
    expect(store.snapshots).toEqual([[weight(1, 5).effect, weight(1, 0).effect]]);
  });

  it('deals only what it holds a lease of, and shows no other', async () => {
    const { store, queue, router } = routing(weight(1, 5), weight(2, 10));
    const route = jest.spyOn(store, 'route');
    await router.route(leasesOf(1, [2]));
    expect(route).toHaveBeenCalledWith([weight(2, 10)], [{ partition: 2, token: 1 }]);
    expect(queue.traffic()).toEqual([weight(1, 5)]);
  });

  it('leaves what is of a lease that somebody else has by now, and deals the rest together', async () => {
    const { store, queue, observer, router } = routing(weight(1, 5), weight(2, 10), weight(3, 25));
    await router.route(new Map([...leasesOf(1, [1, 3]), ...leasesOf(0, [2])]));
    expect(store.snapshots).toEqual([[weight(1, 5).effect, weight(3, 25).effect]]);
    expect(queue.traffic()).toEqual([weight(2, 10)]);
    expect(observer.warnings).toEqual(['Traffic could not be changed: Partition 2 has a new holder']);
  });

  it('does not let one release that cannot be routed keep the others waiting', async () => {
    const effects = [weight(1, 5), weight(2, 10), weight(2, 0, 11), weight(3, 25)];
    const { store, queue, router } = routing(...effects);
    store.poison(releaseId(2));
    await router.route(allLeases());
    expect(store.snapshots.flat()).toEqual([weight(1, 5).effect, weight(3, 25).effect]);
    expect(queue.traffic()).toEqual([weight(2, 10), weight(2, 0, 11)]);
    store.heal();
    await router.route(allLeases());
    expect(store.snapshots.at(-1)).toEqual([weight(2, 10).effect, weight(2, 0).effect]);
  });
});
