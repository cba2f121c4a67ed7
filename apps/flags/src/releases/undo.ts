import type { FlagHistoryEntry } from '@croupier/contracts';

/** One change of a flag in one environment between on and off, oldest first in a list of them. */
export interface Switch {
  readonly environment: string;
  readonly before: boolean;
  readonly after: boolean;
  readonly author: string;
  readonly reason: string;
  readonly releaseId: string | null;
}

/** How a flag goes on when a release is taken back. */
export type Undo =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'set'; readonly enabled: boolean }
  /** Somebody else has had the last word since. */
  | { readonly kind: 'leave'; readonly because: Switch };

/**
 * Back to before the last run of the release's own changes: where somebody changed the flag in between, what they made
 * of it is how it was.
 */
export function undoOf(switches: readonly Switch[], releaseId: string): Undo {
  const last = switches.at(-1);
  if (last === undefined || !switches.some((change) => change.releaseId === releaseId))
    return { kind: 'nothing' };
  if (last.releaseId !== releaseId) return { kind: 'leave', because: last };
  const isOthers = (change: Switch): boolean => change.releaseId !== releaseId;
  const ownRun = switches.slice(switches.findLastIndex(isOthers) + 1);
  return { kind: 'set', enabled: ownRun[0]!.before };
}

/** The changes between on and off that a history has; what was never touched is off. */
export function switchesOf(history: readonly FlagHistoryEntry[]): Switch[] {
  return history.flatMap(({ before, after, author, reason, releaseId }) => {
    const [was, is] = [enabledIn(before), enabledIn(after)];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((environment) => {
      const change = { before: was.get(environment) ?? false, after: is.get(environment) ?? false };
      return change.before === change.after ? [] : [{ environment, ...change, author, reason, releaseId }];
    });
  });
}

function enabledIn(document: unknown): Map<string, boolean> {
  const { environments = {} } = (document ?? {}) as { environments?: Record<string, { enabled: boolean }> };
  return new Map(Object.entries(environments).map(([name, { enabled }]) => [name, enabled]));
}
