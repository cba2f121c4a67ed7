import { setImmediate as nextTurn } from 'node:timers/promises';
import { inARow } from './in-a-row';

describe('inARow', () => {
  it('does in their order what came in one turn, when all of it has come', async () => {
    const done: number[] = [];
    const take = inARow<number>((item) => done.push(item));

    for (const item of [1, 2, 3]) take(item);
    expect(done).toEqual([]);
    await nextTurn();

    expect(done).toEqual([1, 2, 3]);
  });

  it('leaves to the next turn what the work itself brings up', async () => {
    const done: number[] = [];
    const take = inARow<number>((item) => {
      done.push(item);
      if (item < 3) take(item + 1);
    });

    take(1);
    for (const expected of [[1], [1, 2], [1, 2, 3], [1, 2, 3]]) {
      await nextTurn();
      expect(done).toEqual(expected);
    }
  });
});
