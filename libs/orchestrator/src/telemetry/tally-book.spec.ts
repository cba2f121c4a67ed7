import { leasesOf } from '../../test/memory-lease-store';
import { countOf, MemoryTelemetry, observationOf, windowOf } from '../../test/memory-telemetry';
import { DEPOSITS, judgedBy, releaseId } from '../../test/release-plan';
import { command, inPhase, inStep, judged, told } from '../../test/stored-releases';
import type { StoredRelease } from '../ports/release-store';
import { TallyBook } from './tally-book';

const HERE = 3;
const THERE = 4;
const GOLD_RUSH = inStep(1, {}, { partition: HERE });
const WALLET = inStep(1, { releaseId: releaseId(2), game: 'wallet' }, { partition: THERE });

async function bookOf(source: MemoryTelemetry, ...partitions: readonly number[]): Promise<TallyBook> {
  const book = new TallyBook(source);
  await book.follow(leasesOf(1, partitions), partitions);
  return book;
}

async function look(book: TallyBook, ...releases: readonly StoredRelease[]): Promise<readonly string[]> {
  return [...book.count(await book.read(releases), releases)];
}

function canary(requests: number, game = 'gold-rush') {
  return windowOf([countOf('1.1.0', { game, requests })]);
}

function requestsOf(book: TallyBook, release: StoredRelease): number {
  return book.of(release).rollout.requests;
}

describe('the book of tallies', () => {
  it('counts each entry once, however often it is read', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(canary(1), true);
    source.add(canary(10));
    for (let turn = 0; turn < 3; turn += 1) await look(book, GOLD_RUSH);
    expect(source.reads).toEqual([0, 1, 1]);
    expect(requestsOf(book, GOLD_RUSH)).toBe(10);
  });

  it('counts what comes late, below what it has read already', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    const commit = source.add(canary(1), true);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    commit();
    await look(book, GOLD_RUSH);
    expect(requestsOf(book, GOLD_RUSH)).toBe(11);
  });

  it('says whose counts have changed, and no others', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE, THERE);
    source.add(canary(10));
    expect(await look(book, GOLD_RUSH, WALLET)).toEqual([GOLD_RUSH.id]);
    expect(await look(book, GOLD_RUSH, WALLET)).toEqual([]);
    source.add(
      windowOf([countOf('1.1.0', { requests: 1 }), countOf('1.1.0', { game: 'wallet', requests: 2 })]),
    );
    expect(await look(book, GOLD_RUSH, WALLET)).toEqual([GOLD_RUSH.id, WALLET.id]);
    expect([requestsOf(book, GOLD_RUSH), requestsOf(book, WALLET)]).toEqual([11, 2]);
  });

  it('gives what another source has counted to the release that it names', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE, THERE);
    const release = inStep(1, judgedBy(DEPOSITS), { partition: HERE });
    source.add(observationOf(release.id, 'deposits', { canary: { trials: 9, failures: 1 } }));
    source.add(observationOf(releaseId(7), 'deposits', { canary: { trials: 5, failures: 5 } }));
    expect(await look(book, release, WALLET)).toEqual([release.id]);
    expect(book.of(release).metrics['deposits']?.rollout).toEqual({ trials: 9, failures: 1 });
  });

  it('begins a step anew when its weight is dealt, and counts late windows of before for the rollout alone', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    const raised = { ...GOLD_RUSH, stepRoutingVersion: 11 };
    source.add(canary(20));
    source.add({ ...canary(40), routingVersion: 11 });
    await look(book, raised);
    expect(book.of(raised).rollout.requests).toBe(70);
    expect(book.of(raised).step.requests).toBe(40);
  });

  it('shows an empty step at once when its weight is dealt, before anything is counted in it', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    expect(book.of({ ...GOLD_RUSH, stepRoutingVersion: 11 }).step.requests).toBe(0);
  });

  it('begins all evidence anew after an incident', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(windowOf([countOf('1.1.0', { requests: 100, errors: 50 })]));
    await look(book, GOLD_RUSH);
    const hit = told(GOLD_RUSH, judged('incident', 1));
    expect(book.of(hit).metrics).toEqual({});
    source.add(canary(10));
    await look(book, hit);
    expect(book.of(hit).metrics['errors']).toMatchObject({ rollout: { trials: 10, failures: 0 } });
    expect(book.of(hit).rollout).toMatchObject({ requests: 110, errors: 50 });
  });

  it('forgets what has no traffic any more, and begins with nothing when it has some again', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    await look(book, told(GOLD_RUSH, command('abort')));
    expect(requestsOf(book, GOLD_RUSH)).toBe(0);
  });
});

describe('while nothing has traffic', () => {
  const DEPLOYING = inPhase('deploying', {}, { partition: HERE });

  it('nothing is read, only how far one could', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    for (let turn = 0; turn < 5; turn += 1) source.add(canary(1));
    await look(book, DEPLOYING);
    expect(source.reads).toEqual([]);
    await look(book, GOLD_RUSH);
    expect(source.reads).toEqual([6]);
  });

  it('nothing is lost when traffic begins after the look that has read nothing', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    const read = await book.read([DEPLOYING]);
    source.add(canary(10));
    expect([...book.count(read, [GOLD_RUSH])]).toEqual([]);
    await look(book, GOLD_RUSH);
    expect(requestsOf(book, GOLD_RUSH)).toBe(10);
  });

  it('nothing is lost that was being stored when nothing had traffic yet', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    const commit = source.add(canary(10), true);
    source.add(canary(20));
    await look(book, DEPLOYING);
    commit();
    await look(book, GOLD_RUSH);
    expect(requestsOf(book, GOLD_RUSH)).toBe(30);
  });
});

describe('when the holder changes', () => {
  it('the next one goes on where the last has saved', async () => {
    const source = new MemoryTelemetry();
    const first = await bookOf(source, HERE);
    source.add(canary(10));
    await look(first, GOLD_RUSH);
    await first.save(leasesOf(1, [HERE]));
    const second = await bookOf(source, HERE);
    expect(requestsOf(second, GOLD_RUSH)).toBe(10);
    source.add(canary(20));
    await look(second, GOLD_RUSH);
    expect(source.reads.at(-1)).toBe(2);
    expect(requestsOf(second, GOLD_RUSH)).toBe(30);
  });

  it('the next one counts again what was not saved', async () => {
    const source = new MemoryTelemetry();
    const first = await bookOf(source, HERE);
    source.add(canary(10));
    await look(first, GOLD_RUSH);
    const second = await bookOf(source, HERE);
    await look(second, GOLD_RUSH);
    expect(requestsOf(second, GOLD_RUSH)).toBe(10);
  });

  it('the next one does not count again what the last has seen above its horizon', async () => {
    const source = new MemoryTelemetry();
    const first = await bookOf(source, HERE);
    const commit = source.add(canary(1), true);
    source.add(canary(10));
    await look(first, GOLD_RUSH);
    await first.save(leasesOf(1, [HERE]));
    expect(source.saves).toMatchObject([{ since: 1, seen: [expect.stringMatching('west')] }]);
    const second = await bookOf(source, HERE);
    commit();
    await look(second, GOLD_RUSH);
    expect(requestsOf(second, GOLD_RUSH)).toBe(11);
  });

  it('what the last has seen is not kept for ever', async () => {
    const source = new MemoryTelemetry();
    const first = await bookOf(source, HERE);
    const commit = source.add(canary(1), true);
    source.add(canary(10));
    await look(first, GOLD_RUSH);
    await first.save(leasesOf(1, [HERE]));
    commit();
    // The second holder sees traffic only once the position of what was seen is far behind.
    const second = await bookOf(source, HERE);
    await look(second);
    source.add(canary(20));
    await look(second, GOLD_RUSH);
    await second.save(leasesOf(1, [HERE]));
    expect(source.saves.at(-1)).toMatchObject({ since: 4, seen: [] });
  });

  it('a partition that is gained counts from where it was, and the others nothing twice', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    const shared = () => [
      countOf('1.1.0', { requests: 1 }),
      countOf('1.1.0', { game: 'wallet', requests: 2 }),
    ];
    source.add(windowOf(shared()));
    await look(book, GOLD_RUSH);
    await book.follow(leasesOf(1, [HERE, THERE]), [THERE]);
    expect(await look(book, GOLD_RUSH, WALLET)).toEqual([WALLET.id]);
    expect([requestsOf(book, GOLD_RUSH), requestsOf(book, WALLET)]).toEqual([1, 2]);
  });

  it('partitions that are gained together count each from where it was', async () => {
    const source = new MemoryTelemetry();
    const first = await bookOf(source, HERE, THERE);
    source.add(canary(10));
    await look(first, GOLD_RUSH, WALLET);
    await first.save(leasesOf(1, [HERE, THERE]));
    source.add(canary(20));
    source.add(canary(5, 'wallet'));
    await look(first, GOLD_RUSH, WALLET);
    await first.save(leasesOf(1, [THERE]));
    const second = await bookOf(source, HERE, THERE);
    expect(await look(second, GOLD_RUSH, WALLET)).toEqual([GOLD_RUSH.id]);
    expect([requestsOf(second, GOLD_RUSH), requestsOf(second, WALLET)]).toEqual([30, 5]);
  });

  it('a partition that is lost is forgotten, and taken up anew from what is saved by then', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    await book.follow(new Map(), []);
    expect(requestsOf(book, GOLD_RUSH)).toBe(0);
    const other = await bookOf(source, HERE);
    source.add(canary(20));
    await look(other, GOLD_RUSH);
    await other.save(leasesOf(1, [HERE]));
    await book.follow(leasesOf(2, [HERE]), [HERE]);
    expect(requestsOf(book, GOLD_RUSH)).toBe(30);
  });
});

describe('what is saved', () => {
  it('is by the token of the lease, and only what is held', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE, THERE);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    await book.save(leasesOf(7, [THERE]));
    expect(source.saves.map(({ partition, token }) => [partition, token])).toEqual([[THERE, 7]]);
  });

  it('is nothing as long as nothing has come in', async () => {
    const source = new MemoryTelemetry();
    const book = await bookOf(source, HERE);
    source.add(canary(10));
    await look(book, GOLD_RUSH);
    await book.save(leasesOf(1, [HERE]));
    await look(book, GOLD_RUSH);
    await book.save(leasesOf(1, [HERE]));
    expect(source.saves).toHaveLength(1);
  });
});
