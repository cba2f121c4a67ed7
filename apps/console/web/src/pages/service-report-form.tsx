import type { ServiceReportFormat } from '@croupier/contracts';
import { useState, type FormEvent } from 'react';
import { Refusal } from '../api/call';
import { download } from '../api/download';
import { useSession } from '../session';

const FORMATS: readonly ServiceReportFormat[] = ['json', 'csv', 'pdf'];

/** Which version of a game was served where, from when to when, and on whose word. */
export function ServiceReportForm() {
  const { token } = useSession();
  const [fault, setFault] = useState<Error | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget, (event.nativeEvent as SubmitEvent).submitter);
    const text = (name: string) => (form.get(name) as string).trim();
    const [provider = '', game = ''] = text('game').split('/');
    const [from, to, format] = [text('from'), text('to'), text('format')];
    const query = new URLSearchParams({
      provider,
      game,
      from: `${from}T00:00:00Z`,
      to: `${to}T00:00:00Z`,
      format,
    });
    if (text('market')) query.set('market', text('market').toUpperCase());
    setFault(null);
    try {
      const name = [provider, game, text('market').toUpperCase() || 'all', from, to].join('-');
      await download(token, `/api/audit/v1/reports/service?${query}`, `${name}.${format}`);
    } catch (error) {
      setFault(error as Error);
    }
  }
  return (
    <form className="row" aria-label="Report" onSubmit={(event) => void submit(event)}>
      <label>
        Game
        <input name="game" required pattern="[a-z0-9-]+/[a-z0-9-]+" placeholder="acme/lucky-sevens" />
      </label>
      <label>
        Market
        <input name="market" size={6} placeholder="all" />
      </label>
      <label>
        From (UTC)
        <input name="from" type="date" required />
      </label>
      <label>
        Before
        <input name="to" type="date" required />
      </label>
      {FORMATS.map((format) => (
        <button key={format} name="format" value={format}>
          {format.toUpperCase()}
        </button>
      ))}
      {fault && (
        <p role="alert" className="fault">
          {fault.message}.{' '}
          {fault instanceof Refusal && `${fault.problem.detail ?? ''} ${fault.problem.remedy ?? ''}`}
        </p>
      )}
    </form>
  );
}
