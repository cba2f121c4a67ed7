import { changesBetween, valueText } from './changes';
import { Table } from './query';

const MOST = 100;

/** Field, before, after. */
export function ChangeTable({
  before,
  after,
  caption = 'Changes',
}: {
  before: unknown;
  after: unknown;
  caption?: string;
}) {
  const changes = changesBetween(before, after);
  if (changes.length === 0) return <p className="empty">No field is another than before.</p>;
  return (
    <>
      <Table caption={caption} head={['Field', 'Before', 'After']}>
        {changes.slice(0, MOST).map(({ field, before: old, after: now }) => (
          <tr key={field}>
            <th scope="row">{field || 'all of it'}</th>
            <td className="value">{valueText(old)}</td>
            <td className="value">{valueText(now)}</td>
          </tr>
        ))}
      </Table>
      {changes.length > MOST && <p className="muted">And {changes.length - MOST} more.</p>}
    </>
  );
}
