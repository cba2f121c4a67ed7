import { evidenceShare, percent } from './format';

describe('figures', () => {
  it('are percent, or a dash when there is nothing', () => {
    expect([percent(0.0312), percent(null), percent(NaN)]).toEqual(['3.12 %', '–', '–']);
  });

  it('show evidence as a share of its threshold, between none and all', () => {
    expect([evidenceShare(3, 6), evidenceShare(-2, 6), evidenceShare(9, 6), evidenceShare(1, 0)]).toEqual([
      0.5, 0, 1, 0,
    ]);
  });
});
