import { AlertRouteDocument, AlertSeverity, QuietHours, type AlertMessage } from '@croupier/contracts';
import fc from 'fast-check';
import { inWordsOf } from './fill-template';
import { quietUntil } from './quiet-hours';
import { takes, type Routed } from './route-match';

const ROLLED_BACK: Routed = {
  kind: 'rollout.rolled_back',
  severity: 'critical',
  provider: 'acme',
  game: 'slots',
  markets: ['MT', 'SE'],
};
const DEAD: Routed = { kind: 'message.dead', severity: 'error', provider: null, game: null, markets: null };

const route = (match: object, more: object = {}) =>
  AlertRouteDocument.parse({ match, channels: ['ops'], ...more });

describe('a route', () => {
  it.each([
    ['everything', {}, true],
    ['its severity', { severity: 'critical' }, true],
    ['its kind', { kinds: ['rollout.rolled_back'] }, true],
    ['other kinds', { kinds: ['rollout.promoted'] }, false],
    ['its game', { subjects: ['acme/slots'] }, true],
    ['its provider', { subjects: ['acme/*'] }, true],
    ['other games', { subjects: ['acme/slots-deluxe', 'acm/*'] }, false],
    ['one of its markets', { markets: ['SE', 'DK'] }, true],
    ['other markets', { markets: ['DK'] }, false],
  ])('for %s', (_for, match, taken) => {
    expect(takes(route(match), ROLLED_BACK)).toBe(taken);
  });

  it('hears what is not known to be elsewhere, and nothing of games where nothing is about one', () => {
    expect(takes(route({ markets: ['DK'] }), DEAD)).toBe(true);
    expect(takes(route({ subjects: ['acme/*'] }), DEAD)).toBe(false);
    expect(takes(route({ severity: 'critical' }), DEAD)).toBe(false);
    expect(takes(route({}, { enabled: false }), DEAD)).toBe(false);
  });

  it('tells in its own words, and leaves out what there is nothing of', () => {
    const message = { ...DEAD, title: 'a title', text: 'a text' } as AlertMessage;
    const template = { title: '[{severity}] {title}', text: '{game}{markets}' };
    expect(inWordsOf(template, message)).toMatchObject({ title: '[error] a title', text: '' });
    expect(inWordsOf({ title: '{text}' }, message)).toMatchObject({ title: 'a text', text: 'a text' });
  });

  it('refuses words with a placeholder that there is not', () => {
    const refused = { match: {}, channels: ['ops'], template: { title: '{player}' } };
    expect(AlertRouteDocument.safeParse(refused).error?.issues[0]?.message).toContain('{title}');
  });
});

const NIGHT = QuietHours.parse({ timeZone: 'Europe/Malta', from: '22:00', to: '07:00' });
const at = (text: string) => Date.parse(text);

describe('quiet hours', () => {
  it.each([
    ['before they begin', '2026-01-10T20:59:59Z', null],
    ['as they begin', '2026-01-10T21:00:00Z', '2026-01-11T06:00:00Z'],
    ['after midnight', '2026-01-11T02:30:30Z', '2026-01-11T06:00:00Z'],
    ['as they end', '2026-01-11T06:00:00Z', null],
    ['in the night that the clocks go forward', '2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['in the night that the clocks go back', '2026-10-24T22:00:00Z', '2026-10-25T06:00:00Z'],
  ])('%s', (_when, now, until) => {
    expect(quietUntil(NIGHT, 'error', at(now))).toBe(until === null ? null : at(until));
  });

  it('never hold what is too severe', () => {
    expect(quietUntil(NIGHT, 'critical', at('2026-01-11T02:00:00Z'))).toBeNull();
    expect(quietUntil(null, 'info', 0)).toBeNull();
  });

  it('end within two days, in a moment that is not quiet, wherever they are kept', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Europe/Malta', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
        time,
        time,
        fc.constantFrom(...AlertSeverity.options),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (timeZone, from, to, severity, now) => {
          fc.pre(from !== to);
          const hours = QuietHours.parse({ timeZone, from, to });
          const until = quietUntil(hours, severity, now);
          if (until === null) return;
          expect(until).toBeGreaterThan(now);
          expect(until - now).toBeLessThanOrEqual(49 * 3_600_000);
          expect(quietUntil(hours, severity, until)).toBeNull();
        },
      ),
      { numRuns: 40 },
    );
  });
});
