import type { CacheTargetView, InvalidationPage } from '@croupier/contracts';
import { useState } from 'react';
import { Link } from 'wouter';
import { Action } from '../parts/action';
import { time } from '../parts/format';
import { Answer, State, Table } from '../parts/query';

export function Invalidations() {
  const [tag, setTag] = useState('');
  return (
    <>
      <h1>Invalidations</h1>
      <div className="row">
        <label>
          Tag{' '}
          <input
            value={tag}
            placeholder="game.acme.lucky-sevens"
            onChange={({ target }) => setTag(target.value)}
          />
        </label>
        {tag && (
          <Action
            label="Purge"
            title={`Purge ${tag}`}
            danger
            callOf={(reason) => ({
              method: 'POST',
              path: '/api/cache/v1/invalidations',
              body: { selectors: [{ kind: 'tags', tags: [tag] }], reason },
            })}
          />
        )}
      </div>
      <Answer<{ targets: CacheTargetView[] }> service="cache" path="/v1/targets" empty="">
        {({ targets }) => <p className="muted">Caches: {targets.map(({ name }) => name).join(', ')}</p>}
      </Answer>
      <Answer<InvalidationPage>
        service="cache"
        path="/v1/invalidations"
        empty="Nothing was purged yet."
        everyMs={2_000}
        isEmpty={({ items }) => items.length === 0}
      >
        {({ items }) => (
          <Table caption="Jobs" head={['State', 'Cause', 'Entries', 'Reason', 'Begun']}>
            {items.map((job) => (
              <tr key={job.id}>
                <td>
                  <State of={job.state} />
                </td>
                <th scope="row">
                  <Link href={`/invalidations/${job.id}`}>{job.cause}</Link>
                </th>
                <td>{job.dryRun ? `${job.entries} would go` : job.entries}</td>
                <td className="wide">{job.reason}</td>
                <td>{time(job.createdAt)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </>
  );
}
