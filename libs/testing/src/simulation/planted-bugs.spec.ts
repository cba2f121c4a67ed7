import { PLANTED_BUGS, type BugName } from './planted-bugs';
import { firstSeedsWith } from './sweep/seeds';

const SEEDS = 500;

describe('the simulator', () => {
  it.each(Object.keys(PLANTED_BUGS) as BugName[])('shows the planted bug %s', async (bug) => {
    expect(await firstSeedsWith(bug, SEEDS)).toHaveLength(1);
  });
});
