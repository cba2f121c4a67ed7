import { TesterList, Testers } from './testers';

const LIST = new TesterList(
  Testers.parse({
    groups: { qa: ['ann', 'bob'], empty: [] },
    rules: [
      {
        provider: 'acme',
        game: 'slots',
        version: '1.1.0',
        players: ['carl'],
        groups: ['qa'],
        markets: ['MT'],
      },
      { provider: 'acme', game: 'slots', version: '1.2.0', players: ['ann', 'dora'], groups: ['unknown'] },
    ],
  }),
);

describe('the list of testers', () => {
  it.each([
    ['ann', 'slots', 'MT', '1.1.0'],
    ['bob', 'slots', 'MT', '1.1.0'],
    ['carl', 'slots', 'MT', '1.1.0'],
    ['carl', 'slots', 'SE', undefined],
    ['dora', 'slots', 'SE', '1.2.0'],
    ['dora', 'poker', 'MT', undefined],
    ['eve', 'slots', 'MT', undefined],
  ])('gives %s, who plays %s in %s, %s', (player, game, market, version) => {
    expect(LIST.versionFor(player, 'acme', game, market)).toBe(version);
  });

  it('names nobody unless it is told', () => {
    expect(TesterList.NOBODY.size).toBe(0);
  });
});
