import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Refusal, send } from '../api/call';
import { useSession } from '../session';

/** What a service answers, kept fresh; with what to show meanwhile, on a fault, and when there is nothing. */
export function Answer<T>({
  service,
  path,
  empty,
  isEmpty,
  away,
  everyMs = 15_000,
  children,
}: {
  service: string;
  path: string;
  empty: string;
  isEmpty?: (answer: T) => boolean;
  /** Said of a service that an installation may do without, when nobody is at its address. */
  away?: string;
  everyMs?: number;
  children: (answer: T) => ReactNode;
}) {
  const { token } = useSession();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [service, path],
    queryFn: () => send<T>(token, { method: 'GET', path: `/api/${service}${path}` }),
    refetchInterval: everyMs,
    retry: 1,
  });
  if (isPending)
    return (
      <p role="status" className="empty">
        Loading…
      </p>
    );
  if (error && away !== undefined && error instanceof Refusal && error.isAway)
    return <p className="empty">{away}</p>;
  if (error)
    return (
      <div role="alert" className="fault card">
        <strong>{error.message}</strong>
        <p>{error instanceof Refusal && `${error.problem.detail ?? ''} ${error.problem.remedy ?? ''}`}</p>
        <button onClick={() => void refetch()}>Try again</button>
      </div>
    );
  if (isEmpty?.(data)) return <p className="empty">{empty}</p>;
  return <>{children(data)}</>;
}

export function Table({ caption, head, children }: { caption: string; head: string[]; children: ReactNode }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

const ICONS: Readonly<Record<string, readonly [icon: string, tone: string]>> = {
  promoted: ['✓', 'good'],
  done: ['✓', 'good'],
  applied: ['✓', 'good'],
  on: ['●', 'good'],
  stable: ['✓', 'good'],
  replayed: ['✓', 'good'],
  'rolled-back': ['↩', 'bad'],
  failed: ['✕', 'bad'],
  open: ['!', 'bad'],
  paused: ['❚❚', 'wait'],
  'awaiting-approval': ['?', 'wait'],
  progressing: ['▲', 'live'],
  canary: ['▲', 'live'],
};

/** A state by word, icon and colour. */
export function State({ of }: { of: string }) {
  const [icon, tone] = ICONS[of] ?? ['○', 'calm'];
  return (
    <span className={`state ${tone}`}>
      <span aria-hidden="true">{icon}</span> {of.replaceAll('-', ' ')}
    </span>
  );
}
