import { AlertSeverity, type AlertMessage } from '@croupier/contracts';

/** Of a message with many; the deliveries list them all. */
const MOST_LINES = 40;

/**
 * One message for all that was held. As severe as the most severe of them.
 * @param id of the delivery: digests do not belong together
 */
export function digestOf(held: readonly AlertMessage[], id: string, now: Date): AlertMessage {
  const lines = held.slice(0, MOST_LINES).map(({ occurredAt, severity, title }) => {
    return `• ${occurredAt.slice(0, 16).replace('T', ' ')} ${severity}: ${title}`;
  });
  const more = held.length - lines.length;
  const ranks = held.map(({ severity }) => AlertSeverity.options.indexOf(severity));
  return {
    kind: 'alerts.digest',
    action: 'note',
    severity: AlertSeverity.options[Math.max(0, ...ranks)] ?? 'info',
    incident: `digest:${id}`,
    title: `${held.length} messages were held`,
    text: [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    ...{
      provider: null,
      game: null,
      version: null,
      releaseId: null,
      markets: null,
      link: null,
      eventId: null,
    },
    occurredAt: now.toISOString(),
  };
}
