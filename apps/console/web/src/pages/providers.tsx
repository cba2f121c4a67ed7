import type { ProviderSummary, WebhookPage } from '@croupier/contracts';
import { useState } from 'react';
import { Link } from 'wouter';
import { time } from '../parts/format';
import { Answer, State, Table } from '../parts/query';

export function Providers() {
  const [provider, setProvider] = useState('');
  const filter = provider && `&provider=${encodeURIComponent(provider)}`;
  return (
    <>
      <h1>Providers and webhooks</h1>
      <Answer<{ providers: ProviderSummary[] }>
        service="aggregator"
        path="/v1/providers"
        empty="No provider yet."
        isEmpty={({ providers }) => providers.length === 0}
      >
        {({ providers }) => (
          <Table caption="Providers" head={['Name', 'State', 'Signature', 'Secrets']}>
            {providers.map(({ name, paused, signature, activeSecrets }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <State of={paused ? 'paused' : 'on'} />
                </td>
                <td>{signature}</td>
                <td>{activeSecrets}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
      <label>
        Webhooks of{' '}
        <input value={provider} placeholder="all" onChange={({ target }) => setProvider(target.value)} />
      </label>
      <Answer<WebhookPage>
        service="aggregator"
        path={`/v1/webhooks?limit=50${filter}`}
        empty="No webhook yet."
        isEmpty={({ webhooks }) => webhooks.length === 0}
      >
        {({ webhooks }) => (
          <Table caption="Latest webhooks" head={['Received', 'Provider', 'Type', 'Id', 'Bytes']}>
            {webhooks.map(({ id, receivedAt, provider, type, webhookId, sizeBytes }) => (
              <tr key={id}>
                <td>{time(receivedAt)}</td>
                <td>{provider}</td>
                <td>{type}</td>
                <th scope="row">
                  <Link href={`/webhooks/${id}`}>{webhookId}</Link>
                </th>
                <td>{sizeBytes}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </>
  );
}
