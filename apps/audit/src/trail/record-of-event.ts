import {
  gameVersionId,
  PLATFORM_TENANT,
  subjectId,
  type AuditRecorded,
  type CloudEvent,
  type ServiceName,
} from '@croupier/contracts';

/** What the services decide by themselves, or hear of from providers, they tell the bus in the same transaction. */
export function recordOfEvent({ type, time, source, traceparent, data }: CloudEvent): AuditRecorded {
  const told = data as Readonly<Record<string, unknown>>;
  const text = (name: string): string | null => (typeof told[name] === 'string' ? told[name] : null);
  const provider = text('provider');
  return {
    tenant: provider ?? PLATFORM_TENANT,
    service: source.replace(/^croupier\//, '').split('/')[0] as ServiceName,
    actor: text('actor') ?? (source.startsWith('croupier/aggregator') ? provider : null) ?? 'system',
    authentication: null,
    action: type,
    object: objectOf(text),
    at: time,
    reason: text('reason') ?? text('detail') ?? text('failure'),
    before: null,
    after: data as AuditRecorded['after'],
    requestId: null,
    traceId: /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null,
  };
}

function objectOf(text: (name: string) => string | null): AuditRecorded['object'] {
  const [releaseId, provider, game, version] = ['releaseId', 'provider', 'game', 'version'].map(text);
  if (releaseId) return { type: 'release', id: releaseId };
  if (!provider || !game) return { type: 'event', id: '' };
  const subject = subjectId(provider, game);
  return version ? { type: 'version', id: gameVersionId(subject, version) } : { type: 'game', id: subject };
}
