import { inParallel } from './in-parallel';

const nextTick = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('work in parallel', () => {
  it('gives results in the order of the items', async () => {
    const results = await inParallel([3, 0, 2, 1], 2, async (item) => {
      for (let tick = 0; tick < item; tick += 1) await nextTick();
      return item * 10;
    });
    expect(results).toEqual([30, 0, 20, 10]);
  });

  it('is done for so many at a time', async () => {
    let inside = 0;
    let most = 0;
    await inParallel([...'abcdefgh'], 3, async () => {
      most = Math.max(most, ++inside);
      await nextTick();
      inside -= 1;
    });
    expect(most).toBe(3);
  });

  it('is none for no items', async () => {
    expect(await inParallel([], 3, () => Promise.reject(new Error('work')))).toEqual([]);
  });

  it('fails as the first item that does', async () => {
    await expect(inParallel([1, 2], 2, (item) => Promise.reject(new Error(`${item}`)))).rejects.toThrow('1');
  });
});
