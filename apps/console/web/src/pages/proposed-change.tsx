import type { FlagChange, FlagView, SegmentView } from '@croupier/contracts';
import { ChangeTable } from '../parts/change-table';
import { Answer } from '../parts/query';

/** What was asked for, of a request that is over: it stands otherwise by now. */
export function AskedChange({ change }: { change: FlagChange }) {
  return <ChangeTable caption="What was asked for" before={null} after={askedOf(change)} />;
}

/** What would change, against how the flag or the segment stands now. */
export function ProposedChange({ change }: { change: FlagChange }) {
  if (change.kind === 'archive') return <p>The flag is archived, and off everywhere.</p>;
  if (change.kind === 'segment')
    return (
      <Answer<{ items: SegmentView[] }> service="flags" path="/v1/flag-segments" empty="">
        {({ items }) => {
          const now = items.find(({ name }) => name === change.segment);
          const standing = now && { description: now.description, constraints: now.constraints };
          return <ChangeTable caption={CAPTION} before={standing ?? null} after={change.document} />;
        }}
      </Answer>
    );
  return (
    <Answer<FlagView> service="flags" path={`/v1/flags/${encodeURIComponent(change.flag)}`} empty="">
      {(flag) => {
        const asked = change.kind === 'settings' ? change.settings : change.patch;
        const standing = change.kind === 'settings' ? flag.environments[change.environment] : flag;
        return <ChangeTable caption={CAPTION} before={only(standing ?? {}, asked)} after={asked} />;
      }}
    </Answer>
  );
}

const CAPTION = 'Against how it stands now';

function askedOf(change: FlagChange): unknown {
  switch (change.kind) {
    case 'settings':
      return change.settings;
    case 'flag':
      return change.patch;
    case 'archive':
      return { archived: true };
    case 'segment':
      return change.document;
  }
}

/** What a change leaves out stays as it is. */
function only(document: object, asked: object): object {
  return Object.fromEntries(Object.entries(document).filter(([name]) => name in asked));
}
