import type { Whereabouts } from '@croupier/contracts';
import { useState } from 'react';
import { time } from '../parts/format';
import { Answer, State, Table } from '../parts/query';

const MARKET = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;

export function Where() {
  const [at, setAt] = useState('');
  const [market, setMarket] = useState('');
  const query = new URLSearchParams({ limit: '200' });
  if (at) query.set('at', new Date(at).toISOString());
  if (MARKET.test(market)) query.set('market', market);
  return (
    <>
      <h1>What runs where</h1>
      <div className="row">
        <label>
          At <input type="datetime-local" value={at} onChange={({ target }) => setAt(target.value)} />
          <span className="muted"> (now, when empty)</span>
        </label>
        <label>
          Market{' '}
          <input
            size={6}
            value={market}
            placeholder="all"
            onChange={({ target }) => setMarket(target.value.toUpperCase().trim())}
          />
        </label>
      </div>
      <Answer<{ items: Whereabouts[] }>
        service="registry"
        path={`/v1/where?${query}`}
        empty="Nothing ran there then."
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items }) => (
          <Table
            caption="Versions"
            head={['Game', 'Version', 'Pool', 'Role', 'Share', 'Markets', 'Since', 'Why']}
          >
            {items.map((stay) => (
              <tr key={stay.id}>
                <th scope="row">
                  {stay.provider}/{stay.game}
                </th>
                <td>{stay.version}</td>
                <td>{stay.pool}</td>
                <td>{stay.role ? <State of={stay.role} /> : '–'}</td>
                <td>{stay.weightPercent} %</td>
                <td className="wide">{marketsText(stay)}</td>
                <td>{time(stay.from)}</td>
                <td className="wide">{stay.reason}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </>
  );
}

/** Where it is dealt; a dash where it is nowhere, or nobody has told. */
function marketsText({ markets }: Whereabouts): string {
  const shares = Object.entries(markets ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return shares.map(([market, weightPercent]) => `${market} ${weightPercent} %`).join(', ') || '–';
}
