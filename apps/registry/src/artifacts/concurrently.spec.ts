import { concurrently } from './concurrently';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('concurrently', () => {
  it('works on every item, never on more at once than the limit', async () => {
    const done: number[] = [];
    let atOnce = 0;
    let most = 0;
    await concurrently([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++atOnce);
      await turn();
      atOnce -= 1;
      done.push(item);
    });
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('starts nothing more after a failure, and fails when what was started has ended', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const all = concurrently([1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      if (item === 1) throw new Error('broken');
      await turn();
      ended.push(item);
    });
    await expect(all).rejects.toThrow('broken');
    expect(started).toEqual([1, 2]);
    expect(ended).toEqual([2]);
  });
});
