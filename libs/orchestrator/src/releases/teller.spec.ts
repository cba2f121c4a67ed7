import { FakeClock } from '../../test/fake-clock';
import { allLeases, leasesOf } from '../../test/memory-lease-store';
import { MemoryReleaseStore } from '../../test/memory-release-store';
import { RecordingObserver } from '../../test/recording-observer';
import { releaseId } from '../../test/release-plan';
import { command, queued } from '../../test/stored-releases';
import { EffectQueue } from '../effects/effect-queue';
import type { StoredRelease, Telling } from '../ports/release-store';
import { OwnedReleases } from './owned-releases';
import { Teller } from './teller';

const BATCH = 200;

function telling(count: number): {
  store: MemoryReleaseStore;
  effects: EffectQueue;
  owned: OwnedReleases;
  observer: RecordingObserver;
  teller: Teller;
  tellings: Telling[];
} {
  const store = new MemoryReleaseStore(() => 1);
  const effects = new EffectQueue();
  const owned = new OwnedReleases(store, effects);
  const observer = new RecordingObserver();
  const releases = Array.from({ length: count }, (_, index) => releaseOf(index));
  for (const release of releases) store.keep(release);
  owned.adopt(releases, []);
  return {
    ...{ store, effects, owned, observer },
    teller: new Teller(store, owned, new FakeClock(), observer),
    tellings: releases.map(({ id }) => started(id)),
  };
}

function releaseOf(number: number): StoredRelease {
  const plan = { releaseId: releaseId(number), game: `game-${number}` };
  return queued(plan, { partition: number % 4 });
}

function started(id: StoredRelease['id']): Telling {
  return { releaseId: id, input: { kind: 'start', stableVersion: '1.0.0', unmet: [] } };
}

function frozen(id: StoredRelease['id']): Telling {
  return { releaseId: id, input: { kind: 'freeze', freeze: { name: 'weekend', until: 2_000_000 } } };
}

describe('the teller', () => {
  it('tells many releases in one transaction, and no more than two hundred', async () => {
    const { store, teller, tellings } = telling(BATCH + 1);
    expect(await teller.tell(tellings, allLeases())).toEqual(tellings);
    expect(store.tellings.map((call) => call.tellings.length)).toEqual([BATCH, 1]);
  });

  it('begins no transaction when there is nothing to tell', async () => {
    const { store, teller } = telling(0);
    expect(await teller.tell([], allLeases())).toEqual([]);
    expect(store.tellings).toEqual([]);
  });

  it('takes note of what the releases have become, and of what they want done', async () => {
    const { effects, owned, observer, teller, tellings } = telling(1);
    await teller.tell(tellings, allLeases());
    expect(owned.get(releaseId(0))?.state.phase.kind).toBe('staging');
    expect(effects.nextOutside().map(({ effect }) => effect.kind)).toEqual(['deploy-staging']);
    expect(observer.tellings).toHaveLength(1);
  });

  it('shows the leases of those it tells, and no others', async () => {
    const { store, teller, tellings } = telling(2);
    await teller.tell(tellings, allLeases());
    expect(store.tellings[0]?.leases).toEqual([
      { partition: 0, token: 1 },
      { partition: 1, token: 1 },
    ]);
  });

  it('does not let one release that cannot be told keep the others waiting', async () => {
    const { store, owned, observer, teller, tellings } = telling(5);
    store.poison(releaseId(2));
    const others = tellings.filter(({ releaseId: id }) => id !== releaseId(2));
    expect(await teller.tell(tellings, allLeases())).toEqual(others);
    for (const { releaseId: id } of others) expect(owned.get(id)?.state.phase.kind).toBe('staging');
    expect(owned.get(releaseId(2))?.state.phase.kind).toBe('queued');
    expect(observer.tellings).toHaveLength(4);
    expect(observer.warnings.at(-1)).toMatch(/^1 tellings could not be stored: .* cannot be stored$/);
  });

  it('goes one by one through the batch at fault alone', async () => {
    const { store, teller, tellings } = telling(BATCH + 3);
    store.poison(releaseId(BATCH + 1));
    expect(await teller.tell(tellings, allLeases())).toHaveLength(BATCH + 2);
    expect(store.tellings.map((call) => call.tellings.length)).toEqual([BATCH, 3, 1, 1, 1]);
  });

  it('tells a release all that it has to be told, or nothing, also when it goes one by one', async () => {
    const { store, teller, tellings } = telling(3);
    const [one, two, three] = tellings.map(({ releaseId: id }): Telling[] => [frozen(id), started(id)]);
    const mixed = [one![0]!, two![0]!, two![1]!, one![1]!, ...three!];
    store.poison(releaseId(1));
    expect(await teller.tell(mixed, allLeases())).toEqual([...one!, ...three!]);
    expect(store.tellings.slice(1).map((call) => call.tellings)).toEqual([one, two, three]);
  });

  it('tells nothing by a lease that somebody else has by now, and all the others together', async () => {
    const { store, owned, observer, teller, tellings } = telling(6);
    const leases = new Map([...allLeases(), ...leasesOf(0, [3])]);
    const others = tellings.filter((_, index) => index % 4 !== 3);
    expect(await teller.tell(tellings, leases)).toEqual(others);
    expect(store.tellings.map((call) => call.tellings.length)).toEqual([6, 5]);
    expect(store.get(releaseId(3)).state.phase.kind).toBe('queued');
    for (const { releaseId: id } of others) expect(owned.get(id)?.state.phase.kind).toBe('staging');
    expect(observer.warnings).toEqual(['6 tellings could not be stored: Partition 3 has a new holder']);
  });

  it('tells on the release as stored, which is what it becomes here too', async () => {
    const { store, owned, teller, tellings } = telling(1);
    await store.tell([{ releaseId: releaseId(0), input: command('abort') }], [], 0);
    expect(await teller.tell(tellings, allLeases())).toEqual(tellings);
    expect(store.eventsOf(releaseId(0))).toEqual(['release.failed']);
    expect(owned.get(releaseId(0))).toBeUndefined();
  });

  it('tells nothing to a release that it holds no lease of', async () => {
    const { store, teller, tellings } = telling(2);
    expect(await teller.tell(tellings, leasesOf(1, [1]))).toEqual([tellings[1]]);
    expect(store.get(releaseId(0)).state.phase.kind).toBe('queued');
    expect(await teller.tell([started(releaseId(7))], allLeases())).toEqual([]);
  });
});
