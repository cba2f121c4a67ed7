import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { Turns } from './turns';

describe('Turns', () => {
  it('lets no more work at once than it may, and everybody in the end, whoever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ steps: fc.nat(3), fails: fc.boolean() }), { maxLength: 30 }),
        async (atOnce, works) => {
          const turns = new Turns(atOnce);
          let working = 0;
          let most = 0;
          const order: number[] = [];

          const outcomes = await Promise.allSettled(
            works.map(({ steps, fails }, index) =>
              turns.take(async () => {
                order.push(index);
                most = Math.max(most, ++working);
                for (let step = 0; step < steps; step++) await nextTurn();
                working--;
                if (fails) throw new Error('failed');
              }),
            ),
          );

          expect(most).toBeLessThanOrEqual(atOnce);
          expect(order).toEqual(works.map((_, index) => index));
          expect(outcomes.map(({ status }) => status)).toEqual(
            works.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
          );
        },
      ),
    );
  });
});
