import type { BugName } from './planted-bugs';
import { firstSeedWith } from './sweep/seeds';

/** The first seed, counted from 1, that shows each bug: the search begins there, and goes on when it shows it no more. */
const SHOWN_BY: Readonly<Record<BugName, number>> = {
  'unfenced-store': 4,
  'unfenced-target': 4,
  'tokens-stay': 3,
  'forgetful-inbox': 1,
  'outcome-told-again': 16,
  'lost-effects': 1,
  'undone-forgotten': 18,
  'checkpoint-without-seen': 19,
  'hasty-horizon': 2,
  'confirmed-too-early': 2,
  'weight-by-weight': 105,
  'older-snapshot': 10,
  'second-workload': 1,
  'undecided-passes': 7,
  'older-clearance': 4,
  'revoked-later': 1,
  'certified-is-served': 237,
};
const SEEDS = 500;

describe('the simulator', () => {
  it.each(Object.entries(SHOWN_BY) as [BugName, number][])('shows the planted bug %s', async (bug, seed) => {
    expect(await firstSeedWith(bug, seed, SEEDS)).toBeDefined();
  });
});
