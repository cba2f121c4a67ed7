import { areTooMany } from './false-alarms';

describe('false alarms', () => {
  it.each([
    [0, 0],
    [0, 5_000],
    [5, 5_000],
    [12, 5_000],
  ])('%d of %d are what alpha allows', (breached, judged) => {
    expect(areTooMany(breached, judged)).toBe(false);
  });

  it.each([
    [2, 1],
    [20, 5_000],
    [40, 10_000],
  ])('%d of %d are too many', (breached, judged) => {
    expect(areTooMany(breached, judged)).toBe(true);
  });
});
