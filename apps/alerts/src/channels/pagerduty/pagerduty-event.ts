import { subjectId, type AlertMessage } from '@croupier/contracts';

/** Of `payload.summary` (https://developer.pagerduty.com/docs/send-alert-event). */
const LONGEST_SUMMARY = 1_024;

/** An event of the Events API v2, as https://developer.pagerduty.com/docs/send-alert-event describes it. */
export function pagerDutyEvent(message: AlertMessage, routingKey: string): object {
  const { action, incident, severity, title, text, kind, link, provider, game, version, markets } = message;
  const head = { routing_key: routingKey, dedup_key: incident };
  if (action === 'resolve') return { ...head, event_action: 'resolve' };
  return {
    ...head,
    event_action: 'trigger',
    client: 'Croupier',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'Timeline of the release' }] }),
    payload: {
      summary: title.slice(0, LONGEST_SUMMARY),
      source: provider === null || game === null ? 'croupier' : subjectId(provider, game),
      severity,
      timestamp: message.occurredAt,
      ...(game === null ? {} : { component: game }),
      ...(provider === null ? {} : { group: provider }),
      class: kind,
      custom_details: { text, version, markets, release_id: message.releaseId, event_id: message.eventId },
    },
  };
}
