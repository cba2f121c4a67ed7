import { AlertMessage, AlertSeverity } from '@croupier/contracts';
import fc from 'fast-check';
import { digestOf } from './digest';

const held = (severity: AlertSeverity, title: string): AlertMessage => ({
  ...{ kind: 'rollout.held', action: 'trigger', severity, incident: 'release:1', title, text: 'a text' },
  ...{
    provider: 'acme',
    game: 'slots',
    version: '1.2.0',
    releaseId: null,
    markets: null,
    link: null,
    eventId: null,
  },
  occurredAt: '2026-01-01T10:20:30Z',
});

describe('a digest', () => {
  it('lists what was held', () => {
    const digest = digestOf([held('info', 'one'), held('error', 'two')], 'id', new Date(0));
    expect(digest).toMatchObject({ severity: 'error', action: 'note', title: '2 messages were held' });
    expect(digest.text).toBe('• 2026-01-01 10:20 info: one\n• 2026-01-01 10:20 error: two');
  });

  it('is as severe as the most severe, and never longer than forty lines and one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...AlertSeverity.options), { minLength: 1, maxLength: 500 }),
        (severities) => {
          const digest = AlertMessage.parse(
            digestOf(
              severities.map((each) => held(each, 'x')),
              'id',
              new Date(0),
            ),
          );
          const rank = (each: AlertSeverity) => AlertSeverity.options.indexOf(each);
          expect(rank(digest.severity)).toBe(Math.max(...severities.map(rank)));
          const lines = digest.text.split('\n');
          expect(lines.length).toBe(Math.min(severities.length, 41));
          expect(lines.at(-1)!.startsWith('and')).toBe(severities.length > 40);
        },
      ),
    );
  });
});
