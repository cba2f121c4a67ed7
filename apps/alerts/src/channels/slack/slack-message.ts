import { subjectId, type AlertMessage, type AlertSeverity } from '@croupier/contracts';
import type { KnownBlock } from '@slack/web-api';

const MARKS: Record<AlertSeverity, string> = {
  info: ':information_source:',
  warning: ':warning:',
  error: ':x:',
  critical: ':rotating_light:',
};
const RESOLVED_MARK = ':white_check_mark:';

/** Of a section's text (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
const LONGEST_SECTION = 3_000;
/** Of the text beside the blocks (https://docs.slack.dev/reference/methods/chat.postMessage). */
const LONGEST_TEXT = 4_000;

/** A message in Block Kit, and the text that notifications show of it. */
export function slackMessage(message: AlertMessage): {
  readonly text: string;
  readonly blocks: KnownBlock[];
} {
  const { title, text, severity, action } = message;
  const mark = action === 'resolve' ? RESOLVED_MARK : MARKS[severity];
  const section = `${mark} *${escaped(title)}*\n${escaped(text)}`;
  return {
    text: shortened(`${mark} ${escaped(title)}`, LONGEST_TEXT),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: shortened(section, LONGEST_SECTION) } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: shortened(context(message), LONGEST_SECTION) }] },
    ],
  };
}

function context({ severity, provider, game, version, markets, link }: AlertMessage): string {
  const about = provider === null || game === null ? null : subjectId(provider, game);
  return [
    severity,
    about && escaped(version === null ? about : `${about} ${version}`),
    markets && `markets ${escaped(markets.join(', ') || 'none')}`,
    link && `<${link}|Timeline>`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The three characters with a meaning (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Never in the middle of an escaped character, nor of a surrogate pair. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/(&[a-z]{0,3}|[\ud800-\udbff])$/, '')}…`;
}
