import * as Dialog from '@radix-ui/react-dialog';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { curlOf, Refusal, send, type Call } from '../api/call';
import { useSession } from '../session';

/** A button whose deed is shown before it is done: why, and by which call. */
export function Action({
  label,
  title,
  callOf,
  danger = false,
}: {
  label: string;
  title: string;
  callOf: (reason: string) => Call;
  danger?: boolean;
}) {
  const { token } = useSession();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [refusal, setRefusal] = useState<Refusal | Error | null>(null);
  const [busy, setBusy] = useState(false);
  const curl = curlOf(callOf(reason), location.origin);

  async function act(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setRefusal(null);
    try {
      await send(token, callOf(reason));
      setOpen(false);
      setReason('');
      await queries.invalidateQueries();
    } catch (error) {
      setRefusal(error as Error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className={danger ? 'danger' : ''}>{label}</Dialog.Trigger>
      <Dialog.Portal>
        <div className="overlay" />
        <Dialog.Content className="dialog card" aria-describedby={undefined}>
          <Dialog.Title>{title}</Dialog.Title>
          <form onSubmit={(event) => void act(event)}>
            <label htmlFor="reason">Reason (kept in the record)</label>
            <textarea
              id="reason"
              required
              minLength={3}
              maxLength={500}
              rows={2}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
            <p className="muted">This call is made:</p>
            <pre tabIndex={0} aria-label="The call as a curl command">
              {curl}
            </pre>
            {refusal && (
              <div role="alert" className="fault">
                <strong>{refusal.message}</strong>
                {refusal instanceof Refusal && (
                  <p>
                    {refusal.problem.detail} {refusal.problem.remedy}
                  </p>
                )}
              </div>
            )}
            <div className="row">
              <button type="button" onClick={() => void navigator.clipboard.writeText(curl)}>
                Copy
              </button>
              <Dialog.Close type="button">Cancel</Dialog.Close>
              <button className={danger ? 'danger' : 'primary'} disabled={busy || reason.trim().length < 3}>
                {busy ? 'Sending…' : label}
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
