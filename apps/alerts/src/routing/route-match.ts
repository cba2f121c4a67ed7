import { AlertSeverity, type AlertMessage, type AlertRouteDocument } from '@croupier/contracts';

/** Whether `severity` is at least as severe as `limit`. */
export function isAtLeast(severity: AlertSeverity, limit: AlertSeverity): boolean {
  return AlertSeverity.options.indexOf(severity) >= AlertSeverity.options.indexOf(limit);
}

export type Routed = Pick<AlertMessage, 'kind' | 'severity' | 'provider' | 'game' | 'markets'>;

/** Whether a route takes a message. */
export function takes(
  { enabled, match }: Pick<AlertRouteDocument, 'enabled' | 'match'>,
  message: Routed,
): boolean {
  const { kind, severity, provider, game, markets } = message;
  if (!enabled || !isAtLeast(severity, match.severity)) return false;
  if (match.kinds !== null && !match.kinds.includes(kind)) return false;
  if (match.subjects !== null && !match.subjects.some((pattern) => isSubject(pattern, provider, game)))
    return false;
  // What is not known to be elsewhere has to be heard.
  return (
    match.markets === null || markets === null || match.markets.some((market) => markets.includes(market))
  );
}

function isSubject(pattern: string, provider: string | null, game: string | null): boolean {
  return provider !== null && (pattern === `${provider}/*` || pattern === `${provider}/${game}`);
}
