import type { CacheStep, InvalidationDetail } from '@croupier/contracts';
import { Link } from 'wouter';
import { Action } from '../parts/action';
import { Facts } from '../parts/facts';
import { time } from '../parts/format';
import { Answer, State, Table } from '../parts/query';

export function Invalidation({ id }: { id: string }) {
  return (
    <>
      <h1>Invalidation</h1>
      <Answer<InvalidationDetail>
        service="cache"
        path={`/v1/invalidations/${encodeURIComponent(id)}`}
        empty=""
        everyMs={2_000}
      >
        {(job) => (
          <>
            <Facts
              of={{
                State: <State of={job.state} />,
                Cause: job.dryRun ? `${job.cause}, a dry run` : job.cause,
                'Asked for by': job.actor,
                Reason: job.reason,
                Of: job.subject && `${job.subject} ${job.version ?? ''}`,
                Release: job.releaseId && <Link href={`/releases/${job.releaseId}`}>{job.releaseId}</Link>,
                Entries: job.entries,
                Begun: time(job.createdAt),
                Ended: job.finishedAt && time(job.finishedAt),
              }}
            />
            {job.state === 'running' && (
              <Action
                danger
                label="Cancel the rest"
                title="Leave out what has not begun"
                callOf={(reason) => ({
                  method: 'POST',
                  path: `/api/cache/v1/invalidations/${job.id}/cancel`,
                  body: { reason },
                })}
              />
            )}
            <Table
              caption="What it does, at each cache"
              head={['Step', 'Cache', 'State', 'Done', 'Entries', 'Attempts', 'Detail']}
            >
              {job.tasks.map(({ position, step, target, state, ...task }) => (
                <tr key={`${position} ${target}`}>
                  <th scope="row" className="wide">
                    {stepText(step)}
                  </th>
                  <td>{target}</td>
                  <td>
                    <State of={state} />
                  </td>
                  <td>{task.total === null ? task.done : `${task.done} of ${task.total}`}</td>
                  <td>{task.entries ?? '–'}</td>
                  <td>{task.attempts}</td>
                  <td className="wide">
                    {task.detail ?? '–'}
                    {task.nextAttemptAt !== null &&
                      state === 'waiting' &&
                      `, again ${time(task.nextAttemptAt)}`}
                  </td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Answer>
    </>
  );
}

function stepText(step: CacheStep): string {
  switch (step.kind) {
    case 'purge':
      return `purge ${selectorText(step.selector)}`;
    case 'warm':
      return step.manifest === null
        ? `warm ${step.paths.map(({ path }) => path).join(', ')}`
        : `warm the files of ${step.manifest.provider}/${step.manifest.game} ${step.manifest.version}`;
    case 'origin':
      return `wait for ${step.expect} at the origin's ${step.path}`;
    case 'verify':
      return `compare ${step.path} with the origin`;
  }
}

function selectorText(selector: Extract<CacheStep, { kind: 'purge' }>['selector']): string {
  switch (selector.kind) {
    case 'keys':
      return selector.keys.join(', ');
    case 'prefix':
      return `${selector.prefix}…`;
    case 'pattern':
      return selector.pattern;
    case 'tags':
      return `tags ${selector.tags.join(', ')}`;
    case 'version':
      return `${selector.provider}/${selector.game} ${selector.version}`;
    case 'everything':
      return 'everything';
  }
}
