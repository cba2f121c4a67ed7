import { FreezeWindow } from '@croupier/contracts';
import * as fc from 'fast-check';
import { intervalsOf, windowFault } from './intervals';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-06-10T12:00:00Z');

function recurring(cron: string, timeZone: string, hours: number): FreezeWindow {
  return { kind: 'recurring', cron, timeZone, durationMs: hours * HOUR_MS };
}

/** `from/until`, to the minute, of the interval that holds at a moment or comes next. */
function intervalAt(window: FreezeWindow, moment: string): string | null {
  const interval = intervalsOf(window)(Date.parse(moment));
  if (interval === null) return null;
  return [interval.from, interval.until].map((time) => new Date(time).toISOString().slice(0, 16)).join('/');
}

describe('a freeze that recurs', () => {
  const weekend = recurring('0 18 * * FRI', 'Europe/Malta', 60);

  it.each([
    ['before it', '2026-06-10T12:00:00Z', '2026-06-12T16:00/2026-06-15T04:00'],
    ['at its first moment', '2026-06-12T16:00:00Z', '2026-06-12T16:00/2026-06-15T04:00'],
    ['within it', '2026-06-13T23:59:59.999Z', '2026-06-12T16:00/2026-06-15T04:00'],
    ['in its last millisecond', '2026-06-15T03:59:59.999Z', '2026-06-12T16:00/2026-06-15T04:00'],
    ['at its end', '2026-06-15T04:00:00Z', '2026-06-19T16:00/2026-06-22T04:00'],
  ])('answers for a moment %s', (_, moment, interval) => {
    expect(intervalAt(weekend, moment)).toBe(interval);
  });

  it('begins by the wall clock of its zone, in summer and in winter', () => {
    expect(intervalAt(weekend, '2026-03-26T00:00:00Z')).toBe('2026-03-27T17:00/2026-03-30T05:00');
    expect(intervalAt(weekend, '2026-03-31T00:00:00Z')).toBe('2026-04-03T16:00/2026-04-06T04:00');
    expect(intervalAt(weekend, '2026-10-22T00:00:00Z')).toBe('2026-10-23T16:00/2026-10-26T04:00');
    expect(intervalAt(weekend, '2026-10-27T00:00:00Z')).toBe('2026-10-30T17:00/2026-11-02T05:00');
  });

  it('lasts as long where clocks are changed within it', () => {
    const interval = intervalsOf(weekend)(Date.parse('2026-03-29T00:30:00Z'))!;
    expect(interval.until - interval.from).toBe(60 * HOUR_MS);
  });

  it('begins at the end of the gap when its time is left out in spring', () => {
    const nightly = recurring('30 2 * * *', 'Europe/Malta', 1);
    expect(intervalAt(nightly, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00/2026-03-29T02:00');
    expect(intervalAt(nightly, '2026-03-29T12:00:00Z')).toBe('2026-03-30T00:30/2026-03-30T01:30');
  });

  it('begins in the gap also when it has other times', () => {
    const twice = recurring('30 2,14 * * *', 'Europe/Malta', 1);
    expect(intervalAt(twice, '2026-03-28T20:00:00Z')).toBe('2026-03-29T01:00/2026-03-29T02:00');
  });

  it('begins once when its time comes twice in autumn', () => {
    const nightly = recurring('30 2 * * *', 'Europe/Malta', 1);
    expect(intervalAt(nightly, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30/2026-10-25T01:30');
    expect(intervalAt(nightly, '2026-10-25T01:30:00Z')).toBe('2026-10-26T01:30/2026-10-26T02:30');
  });

  it('goes by another zone’s changes where its zone has them at another time', () => {
    const evening = recurring('0 20 * * SAT', 'America/New_York', 4);
    expect(intervalAt(evening, '2026-03-06T00:00:00Z')).toBe('2026-03-08T01:00/2026-03-08T05:00');
    expect(intervalAt(evening, '2026-03-09T00:00:00Z')).toBe('2026-03-15T00:00/2026-03-15T04:00');
  });

  it('is one interval where its windows meet or overlap', () => {
    const weekdays = recurring('0 0 * * 1-5', 'UTC', 24);
    expect(intervalAt(weekdays, '2026-06-10T12:00:00Z')).toBe('2026-06-10T00:00/2026-06-13T00:00');
    const overlapping = recurring('0 10,11,15 10 6 *', 'UTC', 2);
    expect(intervalAt(overlapping, '2026-06-10T10:30:00Z')).toBe('2026-06-10T10:00/2026-06-10T13:00');
  });

  it('is bounded also when its windows leave no gap at all', () => {
    const always = recurring('0 * * * *', 'UTC', 1);
    const interval = intervalsOf(always)(NOON)!;
    expect(interval.from).toBeLessThanOrEqual(NOON);
    expect(interval.until).toBe(NOON + 100 * HOUR_MS);
    expect(intervalsOf(always)(interval.until)!.from).toBe(interval.until);
  });

  it('holds exactly within a window of its pattern', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Malta', 'America/New_York', 'Asia/Kathmandu');
    const crons = fc.constantFrom('0 18 * * FRI', '*/30 * * * *', '15 2 * * *', '0 0 1 * *', '0 */7 * * 1-3');
    const hours = fc.integer({ min: 1, max: 100 });
    const moments = fc.date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2027-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(crons, zones, hours, moments, (cron, zone, duration, moment) => {
        const now = moment.getTime();
        const single = intervalsOf(recurring(cron, zone, 1 / 60));
        // The starts within one duration before the moment, by asking for windows of a minute one after the other.
        let start = single(now - duration * HOUR_MS + 60_000)!.from;
        if (start <= now - duration * HOUR_MS) start = single(start + 60_000)!.from;
        const interval = intervalsOf(recurring(cron, zone, duration))(now)!;
        expect(interval.from <= now).toBe(start <= now);
        expect(interval.until).toBeGreaterThan(now);
        expect(interval.until - interval.from).toBeGreaterThanOrEqual(duration * HOUR_MS);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a freeze that is there once', () => {
  const jackpot: FreezeWindow = {
    kind: 'once',
    from: '2026-06-10T12:00:00+02:00',
    to: '2026-06-10T15:00:00+02:00',
  };

  it.each([
    ['2026-06-01T00:00:00Z', '2026-06-10T10:00/2026-06-10T13:00'],
    ['2026-06-10T12:59:59.999Z', '2026-06-10T10:00/2026-06-10T13:00'],
    ['2026-06-10T13:00:00Z', null],
  ])('answers at %s: %s', (moment, interval) => {
    expect(intervalAt(jackpot, moment)).toBe(interval);
  });
});

describe('a window is refused', () => {
  it.each([
    ['window.timeZone', recurring('0 0 * * *', 'Mars/Olympus', 1), 'no time zone'],
    ['window.cron', recurring('0 0 * *', 'UTC', 1), 'five fields'],
    ['window.cron', recurring('0 0 0 * * *', 'UTC', 1), 'five fields'],
    ['window.cron', recurring('@daily', 'UTC', 1), 'five fields'],
    ['window.cron', recurring('2026-06-10T00:00:00', 'UTC', 1), 'five fields'],
    ['window.cron', recurring('0 ? * * *', 'UTC', 1), 'five fields'],
    ['window.cron', recurring('0 25 * * *', 'UTC', 1), '25'],
    ['window.cron', recurring('0 0 30 2 *', 'UTC', 1), 'never comes'],
    [
      'window.to',
      { kind: 'once', from: '2026-06-10T12:00:00Z', to: '2026-06-10T12:00:00Z' } as const,
      'after',
    ],
  ])('with %s at fault: %j', (field, window, detail) => {
    const fault = windowFault(window, NOON);
    expect(fault?.field).toBe(field);
    expect(fault?.detail).toContain(detail);
  });

  it('not for any that has a time', () => {
    expect(windowFault(recurring('0 18 * * FRI#1', 'Europe/Malta', 1), NOON)).toBeNull();
    expect(
      windowFault({ kind: 'once', from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }, NOON),
    ).toBeNull();
  });
});
