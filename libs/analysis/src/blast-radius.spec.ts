import { blastRadius } from './blast-radius';

describe('blastRadius', () => {
  it('has no limit unless one is set', () => {
    expect(blastRadius({ failedRequests: 1e6, playersTouched: 1e6 }, {})).toEqual({ kind: 'within' });
  });

  it('is within its budget while every cost is under its limit', () => {
    const budget = { failedRequests: 50, playersTouched: 1000 };
    expect(blastRadius({ failedRequests: 49, playersTouched: 999 }, budget)).toEqual({ kind: 'within' });
  });

  it('is spent when a limit is reached, and says which', () => {
    expect(blastRadius({ failedRequests: 50, playersTouched: 7 }, { failedRequests: 50 })).toEqual({
      kind: 'spent',
      limits: [{ cost: 'failedRequests', spent: 50, budget: 50 }],
    });
  });

  it('names both limits when both are spent', () => {
    const spent = blastRadius(
      { failedRequests: 9, playersTouched: 8 },
      { failedRequests: 1, playersTouched: 1 },
    );
    expect(spent).toMatchObject({ limits: [{ cost: 'failedRequests' }, { cost: 'playersTouched' }] });
  });

  it('refuses costs and limits that are not counts', () => {
    const nothing = { failedRequests: 0, playersTouched: 0 };
    expect(() => blastRadius({ ...nothing, playersTouched: -1 }, {})).toThrow(/^spent.playersTouched must/);
    expect(() => blastRadius(nothing, { failedRequests: 0 })).toThrow(/^budget.failedRequests must/);
  });
});
