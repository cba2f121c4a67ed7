import type { ReleaseView, TimelineEntry, WhoAmI } from '@croupier/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { send } from '../api/call';
import { Action } from '../parts/action';
import { time } from '../parts/format';
import { Answer, State, Table } from '../parts/query';
import { isAdminOf } from '../rollouts/admin-of';
import { commandCall, RolloutCard } from '../rollouts/rollout-card';
import { useSession } from '../session';

interface ReleaseList {
  readonly releases: readonly ReleaseView[];
}

const RUNNING = ['progressing', 'paused'];
const STATES = [
  'queued',
  'staging',
  'testing',
  'awaiting-approval',
  'migrating',
  'deploying',
  'progressing',
  'paused',
  'promoted',
  'rolled-back',
  'failed',
];

export function Rollouts() {
  return (
    <>
      <h1>Rollouts</h1>
      <Answer<ReleaseList>
        service="deployer"
        path="/v1/releases?limit=100"
        empty="No release yet. A provider’s webhook begins one."
        isEmpty={({ releases }) => releases.length === 0}
      >
        {({ releases }) => {
          const running = releases.filter(({ status }) => RUNNING.includes(status));
          // What has just ended stays to be seen.
          const ended = releases
            .filter(({ status }) => status === 'promoted' || status === 'rolled-back')
            .slice(0, 2);
          return (
            <>
              {running.length === 0 && <p className="empty">No rollout is under way.</p>}
              {[...running, ...ended].map((release) => (
                <RolloutCard key={release.id} release={release} />
              ))}
            </>
          );
        }}
      </Answer>
    </>
  );
}

export function Releases() {
  const [status, setStatus] = useState('');
  const [provider, setProvider] = useState('');
  const [game, setGame] = useState('');
  const query = new URLSearchParams({ limit: '50' });
  for (const [name, value] of Object.entries({ status, provider, game })) if (value) query.set(name, value);
  return (
    <>
      <h1>Releases</h1>
      <form className="row" aria-label="Filter" onSubmit={(event) => event.preventDefault()}>
        <label>
          State
          <select value={status} onChange={({ target }) => setStatus(target.value)}>
            <option value="">all</option>
            {STATES.map((state) => (
              <option key={state}>{state}</option>
            ))}
          </select>
        </label>
        <label>
          Provider
          <input value={provider} onChange={({ target }) => setProvider(target.value)} />
        </label>
        <label>
          Game
          <input value={game} onChange={({ target }) => setGame(target.value)} />
        </label>
      </form>
      <ReleaseTable query={query.toString()} />
    </>
  );
}

export function Approvals() {
  return (
    <>
      <h1>Approvals</h1>
      <ReleaseTable query="status=awaiting-approval" />
    </>
  );
}

function ReleaseTable({ query }: { query: string }) {
  return (
    <Answer<ReleaseList>
      service="deployer"
      path={`/v1/releases?${query}`}
      empty="There is no such release."
      isEmpty={({ releases }) => releases.length === 0}
    >
      {({ releases }) => (
        <Table caption="Releases" head={['Version', 'State', 'Why', 'Changed', 'Actions']}>
          {releases.map((release) => (
            <tr key={release.id}>
              <th scope="row">
                <Link href={`/releases/${release.id}`}>
                  {release.provider}/{release.game} {release.version}
                </Link>
              </th>
              <td>
                <State of={release.status} />
              </td>
              <td className="wide">{release.reason}</td>
              <td>{time(release.updatedAt)}</td>
              <td>
                <ApprovalActions release={release} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Answer>
  );
}

function ApprovalActions({ release }: { release: ReleaseView }) {
  const { token } = useSession();
  const waits = release.status === 'awaiting-approval';
  // Nobody is taken for an admin while that cannot be asked.
  const grants =
    useQuery({
      queryKey: ['whoami', token],
      queryFn: () => send<WhoAmI>(token, { method: 'GET', path: '/api/access/v1/whoami' }),
      staleTime: 60_000,
      enabled: waits,
    }).data?.grants ?? [];
  if (!waits) return null;
  return (
    <div className="row">
      <Action label="Approve" title={`Approve ${release.version}`} callOf={commandCall(release, 'approve')} />
      <Action
        danger
        label="Reject"
        title={`Reject ${release.version}`}
        callOf={commandCall(release, 'reject')}
      />
      {isAdminOf(grants, release.provider, release.game) && (
        <Action
          danger
          label="Override"
          title={`Override the approval of ${release.version}`}
          callOf={commandCall(release, 'override')}
        />
      )}
    </div>
  );
}

export function Release({ id }: { id: string }) {
  return (
    <>
      <h1>Release</h1>
      <Answer<ReleaseView> service="deployer" path={`/v1/releases/${id}`} empty="">
        {(release) => (
          <>
            <RolloutCard release={release} />
            <ApprovalActions release={release} />
          </>
        )}
      </Answer>
      <h2>Timeline</h2>
      <Answer<{ verified: boolean; brokenAt: number | null }>
        service="deployer"
        path={`/v1/releases/${id}/timeline/verification`}
        empty=""
      >
        {({ verified, brokenAt }) =>
          verified ? (
            <p>✓ The hash chain verifies.</p>
          ) : (
            <p className="fault">✕ The hash chain breaks at {brokenAt}.</p>
          )
        }
      </Answer>
      <Answer<{ entries: TimelineEntry[] }>
        service="deployer"
        path={`/v1/releases/${id}/timeline`}
        empty="Nothing yet."
      >
        {({ entries }) => (
          <ol className="timeline">
            {entries.toReversed().map(({ sequence, at, type, actor, summary }) => (
              <li key={sequence}>
                <span className="muted">
                  {time(at)} · {type} · {actor}
                </span>
                <br />
                {summary}
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </>
  );
}
