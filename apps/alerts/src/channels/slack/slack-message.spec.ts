import type { AlertMessage } from '@croupier/contracts';
import fc from 'fast-check';
import { slackMessage } from './slack-message';

const MESSAGE: AlertMessage = {
  ...{ kind: 'rollout.rolled_back', action: 'trigger', severity: 'critical', incident: 'release:1' },
  ...{ title: 'a title', text: 'a text', provider: 'acme', game: 'slots', version: '1.2.0' },
  ...{ releaseId: null, markets: ['MT'], link: 'https://croupier.test/1', eventId: null },
  occurredAt: '2026-01-01T00:00:00Z',
};

function textsOf(message: AlertMessage): string[] {
  const { text, blocks } = slackMessage(message);
  const inBlocks = blocks.flatMap((block) => {
    if (block.type === 'section') return [block.text?.text ?? ''];
    return block.type === 'context'
      ? block.elements.map((element) => ('text' in element ? element.text : ''))
      : [];
  });
  return [text, ...inBlocks];
}

describe('a message in Slack', () => {
  it('names version, markets and timeline', () => {
    expect(textsOf(MESSAGE)).toEqual([
      ':rotating_light: a title',
      ':rotating_light: *a title*\na text',
      'critical · acme/slots 1.2.0 · markets MT · <https://croupier.test/1|Timeline>',
    ]);
  });

  it('is within the limits, and nothing in it is taken for a mention or a link, whatever an event says', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5_000 }),
      fc
        .array(fc.constantFrom('<!channel>', '&', '<', '>', '😀', 'a'), { minLength: 500, maxLength: 1_500 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, hostile, (title, text) => {
        for (const shown of textsOf({ ...MESSAGE, title, text, link: null })) {
          expect(shown.length).toBeLessThanOrEqual(4_000);
          expect(shown).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
        }
        expect(textsOf({ ...MESSAGE, title, text })[1]?.length).toBeLessThanOrEqual(3_000);
      }),
    );
  });
});
