import type { LiveRollout, LiveTraffic } from '@croupier/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useSession } from '../session';
import { follow } from './follow';

interface Live {
  readonly connected: boolean;
  readonly rollouts: ReadonlyMap<string, LiveRollout>;
}

const LiveContext = createContext<Live>({ connected: false, rollouts: new Map() });

export const useLive = (): Live => useContext(LiveContext);

/** One stream for the whole page: what has changed is read anew, what runs is shown as it comes. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { token } = useSession();
  const queries = useQueryClient();
  const [connected, setConnected] = useState(false);
  const [rollouts, setRollouts] = useState<Live['rollouts']>(new Map());
  useEffect(
    () =>
      follow('/api/deployer/v1/feed/stream', {
        token,
        onConnected: setConnected,
        onEvent: ({ type, data }) => {
          if (type === 'traffic') {
            const told = JSON.parse(data) as LiveTraffic;
            setRollouts(new Map(told.rollouts.map((rollout) => [rollout.releaseId, rollout])));
          } else if (type !== 'heartbeat') void queries.invalidateQueries({ queryKey: ['deployer'] });
        },
      }),
    [token, queries],
  );
  return <LiveContext.Provider value={{ connected, rollouts }}>{children}</LiveContext.Provider>;
}
