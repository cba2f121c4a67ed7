import { momentOf } from './moment';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('a moment', () => {
  it.each([
    ['90s', '2026-03-01T11:58:30.000Z'],
    ['15m', '2026-03-01T11:45:00.000Z'],
    ['2h', '2026-03-01T10:00:00.000Z'],
    ['3d', '2026-02-26T12:00:00.000Z'],
    ['2026-02-01T00:00:00+01:00', '2026-01-31T23:00:00.000Z'],
  ])('is %s', (text, moment) => expect(momentOf(text, NOW)).toBe(moment));

  it('is refused when it is none, with how one is given', () =>
    expect(() => momentOf('yesterday', NOW)).toThrow('15m'));
});
