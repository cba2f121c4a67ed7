import { FAIR_SCORING, Tournament, TOURNAMENT_OPEN } from './tournament';

describe('a tournament', () => {
  const on = new Set<string>();
  const tournament = new Tournament({ isEnabled: (name) => on.has(name) });

  it('counts nothing before it is open', () => {
    expect(tournament.count({ player: 'ann', stakeCents: 100, winCents: 500 })).toBeNull();
    expect(tournament.standings()).toEqual([]);
  });

  it('counts each spin by the rules of its moment, without being started anew', () => {
    on.add(TOURNAMENT_OPEN);
    expect(tournament.count({ player: 'ann', stakeCents: 100, winCents: 500 })).toBe(500);
    on.add(FAIR_SCORING);
    expect(tournament.count({ player: 'bob', stakeCents: 10, winCents: 100 })).toBe(1_000);
    expect(tournament.standings()).toEqual([
      { player: 'bob', points: 1_000 },
      { player: 'ann', points: 500 },
    ]);
  });
});
