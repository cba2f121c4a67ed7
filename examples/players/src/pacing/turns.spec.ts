import { Turns } from './turns';

describe('the turns', () => {
  it('go to idle players in the order in which they came to rest', () => {
    const turns = new Turns(['ann', 'bob', 'cy'], 0);
    expect(turns.take(0)).toBe('ann');
    turns.rest('ann');
    expect([turns.take(0), turns.take(0), turns.take(0), turns.take(0)]).toEqual([
      'bob',
      'cy',
      'ann',
      undefined,
    ]);
  });

  it('go to a player who has thought long enough before any idle one', () => {
    const turns = new Turns(['ann', 'bob', 'cy'], 0);
    turns.thinkUntil(turns.take(0) ?? '', 100);
    expect(turns.take(50)).toBe('bob');
    expect(turns.take(110)).toBe('ann');
    expect(turns.take(110)).toBe('cy');
  });

  it('come to every thinking player once, however late they are asked for', () => {
    const names = Array.from({ length: 500 }, (_, index) => `p${index}`);
    const turns = new Turns(names, 0);
    for (const name of names) {
      turns.take(0);
      turns.thinkUntil(name, 1 + Number(name.slice(1)) * 7);
    }
    const taken = [];
    for (let player = turns.take(10_000); player !== undefined; player = turns.take(10_000))
      taken.push(player);
    expect(taken).toEqual(names);
  });
});
