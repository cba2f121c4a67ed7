import type { StoredWebhookWithBody } from '@croupier/contracts';
import { Action } from '../parts/action';
import { Facts } from '../parts/facts';
import { time } from '../parts/format';
import { Answer } from '../parts/query';

export function Webhook({ id }: { id: string }) {
  const redelivery = (asNew: boolean) => (reason: string) => ({
    method: 'POST' as const,
    path: `/api/aggregator/v1/webhooks/${id}/redeliver`,
    body: { asNew, reason },
  });
  return (
    <>
      <h1>Webhook</h1>
      <Answer<StoredWebhookWithBody>
        service="aggregator"
        path={`/v1/webhooks/${encodeURIComponent(id)}`}
        empty=""
        everyMs={60_000}
      >
        {({ provider, type, webhookId, receivedAt, sizeBytes, sha256, body }) => (
          <>
            <Facts
              of={{
                Provider: provider,
                Type: type,
                Id: webhookId,
                Received: time(receivedAt),
                Bytes: sizeBytes,
                'SHA-256': sha256,
              }}
            />
            <div className="row">
              <Action label="Redeliver" title={`Redeliver ${webhookId}`} callOf={redelivery(false)} />
              <Action
                danger
                label="Redeliver as new"
                title={`Redeliver ${webhookId} as a new event`}
                callOf={redelivery(true)}
              />
            </div>
            <p className="muted">
              Redelivered, it reaches whoever has not worked on it yet. As new, everybody does it again.
            </p>
            <h2>Payload</h2>
            <pre tabIndex={0} className="card">
              {indented(body)}
            </pre>
          </>
        )}
      </Answer>
    </>
  );
}

/** As it was sent where it is no JSON. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
