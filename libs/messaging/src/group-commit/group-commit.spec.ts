import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { GroupCommit, GroupCommitFull, type GroupCommitOptions } from './group-commit';

class Deadlock extends Error {}

interface Store {
  readonly batches: number[][];
  readonly stored: number[];
}

/** Commits on a later turn of the event loop; `refuses` are the items that no transaction can store. */
function groupCommit(
  options: Partial<GroupCommitOptions<number, string>> = {},
  refuses: ReadonlySet<number> = new Set(),
): { group: GroupCommit<number, string>; store: Store } {
  const store: Store = { batches: [], stored: [] };
  const group = new GroupCommit<number, string>({
    commit: async (items) => {
      store.batches.push([...items]);
      await nextTurn();
      if (items.some((item) => refuses.has(item))) throw new Error('cannot be stored');
      store.stored.push(...items);
      return items.map((item) => `stored ${item}`);
    },
    sizeOf: () => 1,
    isTransient: (error) => error instanceof Deadlock,
    backoff: { initialMs: 1, factor: 1, maxMs: 1 },
    ...options,
  });
  return { group, store };
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('GroupCommit', () => {
  it('commits together what comes together, each with its own answer', async () => {
    const { group, store } = groupCommit();

    const answers = await Promise.all([1, 2, 3].map((item) => group.submit(item)));

    expect(answers).toEqual(['stored 1', 'stored 2', 'stored 3']);
    expect(store.batches).toEqual([[1, 2, 3]]);
  });

  it('gathers the next batch while commits are under way', async () => {
    const { opened, open } = gate();
    const batches: number[][] = [];
    const { group } = groupCommit({
      concurrency: 1,
      commit: async (items) => {
        batches.push([...items]);
        await opened;
        return items.map(String);
      },
    });
    const answers = [group.submit(1)];
    await nextTurn();
    for (const item of [2, 3, 4]) {
      answers.push(group.submit(item));
      await nextTurn();
    }

    open();
    await Promise.all(answers);

    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('gathers a whole batch for a commit beside one under way', async () => {
    const { opened, open } = gate();
    const batches: number[][] = [];
    const { group } = groupCommit({
      maxBatch: 2,
      patienceMs: 600_000,
      commit: async (items) => {
        batches.push([...items]);
        await opened;
        return items.map(String);
      },
    });
    const answers: Promise<string>[] = [];
    for (const item of [1, 2, 3]) {
      answers.push(group.submit(item));
      await nextTurn();
    }

    expect(batches).toEqual([[1], [2, 3]]);
    open();
    await Promise.all(answers);
  });

  it('does not wait for a commit that takes long', async () => {
    const { opened, open } = gate();
    const { group } = groupCommit({
      patienceMs: 1,
      commit: async (items) => {
        if (items.includes(1)) await opened;
        return items.map(String);
      },
    });
    const slow = group.submit(1);
    await nextTurn();

    expect(await group.submit(2)).toBe('2');
    open();
    expect(await slow).toBe('1');
  });

  it('never answers for an item that is not stored, nor stores one twice, whichever items fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(1_000), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        fc.func(fc.boolean()),
        async (items, maxBatch, concurrency, isBad) => {
          const bad = new Set(items.filter(isBad));
          const { group, store } = groupCommit({ maxBatch, concurrency }, bad);

          const outcomes = await Promise.allSettled(items.map((item) => group.submit(item)));

          const good = items.filter((item) => !bad.has(item));
          expect(outcomes.map(({ status }) => status)).toEqual(
            items.map((item) => (bad.has(item) ? 'rejected' : 'fulfilled')),
          );
          expect([...store.stored].sort()).toEqual([...good].sort());
          expect(Math.max(0, ...store.batches.map((batch) => batch.length))).toBeLessThanOrEqual(maxBatch);
        },
      ),
    );
  });

  it('tries again after what passes by itself', async () => {
    let failures = 0;
    const { group } = groupCommit({
      commit: async (items) => {
        if (failures++ < 2) throw new Deadlock();
        return items.map(String);
      },
    });

    expect(await group.submit(7)).toBe('7');
    expect(failures).toBe(3);
  });

  it('gives up at the last attempt, for the whole batch', async () => {
    let commits = 0;
    const { group } = groupCommit({
      attempts: 3,
      commit: async () => {
        commits++;
        throw new Deadlock('still');
      },
    });

    const outcomes = await Promise.allSettled([group.submit(1), group.submit(2)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(commits).toBe(3);
  });

  it.each([
    ['items', { maxWaiting: 2 }],
    ['bytes', { maxWaitingBytes: 2 }],
  ])('refuses what comes when too many %s wait, and takes more when they are stored', async (_, bound) => {
    const { opened, open } = gate();
    const { group } = groupCommit({
      ...bound,
      concurrency: 1,
      commit: async (items) => {
        await opened;
        return items.map(String);
      },
    });
    const first = group.submit(1);
    await nextTurn();
    const waiting = [group.submit(2), group.submit(3)];

    expect(() => group.submit(4)).toThrow(GroupCommitFull);
    open();
    await Promise.all([first, ...waiting]);
    expect(await group.submit(5)).toBe('5');
  });

  it('takes one that is larger than the bound when nobody else waits', async () => {
    const { group } = groupCommit({ maxWaitingBytes: 10, sizeOf: () => 11 });
    expect(await group.submit(1)).toBe('stored 1');
  });

  it('answers all that it has taken before it is closed, and takes no more', async () => {
    const { group, store } = groupCommit({ maxBatch: 1 });
    const answers = [1, 2, 3].map((item) => group.submit(item));

    await group.close();

    expect(store.stored).toEqual([1, 2, 3]);
    expect(await Promise.all(answers)).toHaveLength(3);
    expect(() => group.submit(4)).toThrow(GroupCommitFull);
  });
});
