import { FreezeDocument } from '@croupier/contracts';
import type { ReleasePlan } from '@croupier/rollout';
import * as fc from 'fast-check';
import { FixedFreezeCalendar, type NamedFreeze } from './freeze-calendar';
import { intervalsOf } from './intervals';
import { WindowCursor } from './window-cursor';

const NOON = Date.parse('2026-06-10T12:00:00Z');
const HOUR_MS = 3_600_000;

const iso = (time: number): string => new Date(time).toISOString();

function once(name: string, from: number, to: number, scope: object = {}): NamedFreeze {
  return { name, ...FreezeDocument.parse({ scope, window: { kind: 'once', from: iso(from), to: iso(to) } }) };
}

function plan(subject = 'acme/slots', strategy: ReleasePlan['strategy'] = 'canary'): ReleasePlan {
  const [provider, game] = subject.split('/');
  return { provider, game, strategy } as ReleasePlan;
}

describe('the calendar', () => {
  it.each([
    ['everything', {}, ['acme/slots', 'acme/wallet', 'zenith/slots']],
    ['a provider', { provider: 'acme' }, ['acme/slots', 'acme/wallet']],
    ['a subject', { subject: 'acme/slots' }, ['acme/slots']],
    ['a market, whatever it is in', { market: 'MT' }, ['acme/slots', 'acme/wallet', 'zenith/slots']],
    ['a provider in a market', { provider: 'acme', market: 'MT' }, ['acme/slots', 'acme/wallet']],
  ])('freezes %s', (_, scope, frozen) => {
    const calendar = new FixedFreezeCalendar([once('cup', NOON, NOON + HOUR_MS, scope)]);
    const subjects = ['acme/slots', 'acme/wallet', 'zenith/slots'];
    expect(subjects.filter((subject) => calendar.freezeOf(plan(subject), NOON) !== null)).toEqual(frozen);
  });

  it('knows begin and end to the millisecond', () => {
    const calendar = new FixedFreezeCalendar([once('cup', NOON, NOON + HOUR_MS)]);
    const frozen = { name: 'cup', until: NOON + HOUR_MS };
    const at = (time: number) => calendar.freezeOf(plan(), time);
    expect([at(NOON - 1), at(NOON), at(NOON + HOUR_MS - 1), at(NOON + HOUR_MS)]).toEqual([
      null,
      frozen,
      frozen,
      null,
    ]);
  });

  it('tells of several the one that ends last, and of equals always the same', () => {
    const freezes = [
      once('b', NOON, NOON + 2 * HOUR_MS, { subject: 'acme/slots' }),
      once('short', NOON, NOON + HOUR_MS),
      once('c', NOON, NOON + 2 * HOUR_MS, { provider: 'acme' }),
      once('a', NOON, NOON + 2 * HOUR_MS, { provider: 'acme' }),
    ];
    expect(new FixedFreezeCalendar(freezes).freezeOf(plan(), NOON)?.name).toBe('a');
    expect(new FixedFreezeCalendar([...freezes].reverse()).freezeOf(plan(), NOON)?.name).toBe('a');
  });

  it('holds up no emergency', () => {
    const calendar = new FixedFreezeCalendar([once('cup', NOON, NOON + HOUR_MS)]);
    expect(calendar.freezeOf(plan('acme/slots', 'all-at-once'), NOON)).toBeNull();
  });

  it('looks at a pattern once for an interval and once for a gap, however often it is asked', () => {
    let looks = 0;
    const intervals = intervalsOf(once('cup', NOON, NOON + HOUR_MS).window);
    const cursor = new WindowCursor('cup', (now) => {
      looks += 1;
      return intervals(now);
    });
    for (let asked = 0; asked < 10_000; asked++) cursor.at(NOON - 1_000 + asked);
    expect(looks).toBe(2);
    cursor.at(NOON + 2 * HOUR_MS);
    cursor.at(NOON + 3 * HOUR_MS);
    expect(looks).toBe(3);
  });

  it('answers at any moment, in any order of moments, as if it was asked for the first time', () => {
    const minutes = fc.integer({ min: 0, max: 600 });
    const recurring = ([cron, minutesLeft]: readonly [string, number]) =>
      fc.integer({ min: 1, max: minutesLeft }).map((length) => ({
        kind: 'recurring',
        cron,
        timeZone: 'Europe/Malta',
        durationMs: length * 60_000,
      }));
    const anyFreeze = fc
      .record({
        name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        scope: fc.constantFrom({}, { provider: 'acme' }, { subject: 'acme/slots' }, { provider: 'zenith' }),
        window: fc.oneof(
          fc.tuple(minutes, fc.integer({ min: 1, max: 200 })).map(([from, length]) => ({
            kind: 'once',
            from: iso(NOON + from * 60_000),
            to: iso(NOON + (from + length) * 60_000),
          })),
          recurring(['*/20 * * * *', 19]),
          recurring(['5 * * * *', 59]),
          recurring(['0 */3 * * *', 179]),
        ),
      })
      .map(({ name, ...document }): NamedFreeze => ({ name, ...FreezeDocument.parse(document) }));
    fc.assert(
      fc.property(
        fc.uniqueArray(anyFreeze, { selector: ({ name }) => name }),
        fc.array(minutes, { minLength: 1, maxLength: 30 }),
        (freezes, moments) => {
          const calendar = new FixedFreezeCalendar(freezes);
          for (const minute of moments) {
            const now = NOON + minute * 60_000;
            expect(calendar.freezeOf(plan(), now)).toEqual(
              new FixedFreezeCalendar(freezes).freezeOf(plan(), now),
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
