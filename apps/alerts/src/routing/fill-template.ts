import type { AlertMessage, AlertPlaceholder, AlertRouteDocument } from '@croupier/contracts';

/** The message in the route's words. */
export function inWordsOf(template: AlertRouteDocument['template'], message: AlertMessage): AlertMessage {
  if (template === null) return message;
  const { title, text } = template;
  return {
    ...message,
    ...(title === undefined ? {} : { title: filled(title, message) }),
    ...(text === undefined ? {} : { text: filled(text, message) }),
  };
}

/** What there is nothing of is left out. */
function filled(template: string, message: AlertMessage): string {
  const { title, text, severity, provider, game, version, markets, link, occurredAt } = message;
  const values: Record<AlertPlaceholder, string> = {
    ...{ title, text, severity, time: occurredAt },
    provider: provider ?? '',
    game: game ?? '',
    version: version ?? '',
    markets: markets?.join(', ') ?? '',
    link: link ?? '',
  };
  return template.replace(/\{([a-z]+)\}/g, (_, name: AlertPlaceholder) => values[name]);
}
