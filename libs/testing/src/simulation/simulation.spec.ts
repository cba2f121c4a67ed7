import { simulate } from './simulate';
import { simulateRange } from './sweep/seeds';

/** `npm run sim` takes ten thousand; within jest, each takes twenty times as long as there. */
const SEEDS = 60;

describe('the deployer’s loop in a world where everything goes wrong', () => {
  it('keeps every promise', async () => {
    const { violations, figures } = await simulateRange({ from: 1, count: SEEDS, bug: null });
    expect(violations).toEqual([]);
    for (const met of [
      'crashes',
      'staleRefusals',
      'lostCalls',
      'promoted',
      'rolledBack',
      'badStopped',
    ] as const)
      expect(figures[met]).toBeGreaterThan(0);
  });

  it('is the same for the same seed, to the last event', async () => {
    const [one, other]: [string[], string[]] = [[], []];
    const first = await simulate(7, undefined, (event) => one.push(event));
    const second = await simulate(7, undefined, (event) => other.push(event));
    expect(second).toEqual(first);
    expect(other).toEqual(one);
    expect(one.length).toBeGreaterThan(100);
  });

  it('is the same whether somebody listens or not', async () => {
    expect(await simulate(11, undefined, () => {})).toEqual(await simulate(11));
  });
});
