import type { FlagHistoryEntry } from '@croupier/contracts';
import { ChangeTable } from '../parts/change-table';
import { Disclosure } from '../parts/disclosure';
import { time } from '../parts/format';
import { Answer } from '../parts/query';

export function FlagHistory() {
  return (
    <Answer<{ items: FlagHistoryEntry[] }>
      service="flags"
      path="/v1/flag-history?limit=50"
      empty="No flag was changed yet."
      isEmpty={({ items }) => items.length === 0}
    >
      {({ items }) =>
        items.map(({ revision, kind, name, version, before, after, author, reason, at }) => (
          <Disclosure
            key={revision}
            summary={
              <>
                {kind} <strong>{name}</strong> {verbOf(before, after)} by {author}: {reason}{' '}
                <span className="muted">
                  {time(at)}, version {version}
                </span>
              </>
            }
          >
            <ChangeTable before={before} after={after} />
          </Disclosure>
        ))
      }
    </Answer>
  );
}

function verbOf(before: unknown, after: unknown): string {
  if (before === null) return 'created';
  return after === null ? 'deleted' : 'changed';
}
