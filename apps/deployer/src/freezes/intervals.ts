import type { FreezeWindow } from '@croupier/contracts';
import { Cron } from 'croner';

/** From `from`, up to but not at `until`. Epoch milliseconds. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** Answers the interval that holds at a moment, or else the next one; null when none is left. */
export type Intervals = (now: number) => Interval | null;

/** Windows that meet or overlap are one interval, of so many at most: a pattern may leave no gap at all. */
const LONGEST_CHAIN = 100;

/** Five fields. A `?` would stand for the moment at which the pattern is read. */
const FIVE_FIELDS = /^[^\s?]+(\s+[^\s?]+){4}$/;

export function intervalsOf(window: FreezeWindow): Intervals {
  if (window.kind === 'recurring') return recurring(cronOf(window), window.durationMs);
  const interval = { from: Date.parse(window.from), until: Date.parse(window.to) };
  return (now) => (now < interval.until ? interval : null);
}

/** The first thing wrong with a window at a moment, or null. */
export function windowFault(window: FreezeWindow, now: number): { field: string; detail: string } | null {
  if (window.kind === 'once') {
    if (Date.parse(window.from) < Date.parse(window.to)) return null;
    return { field: 'window.to', detail: 'must be after window.from' };
  }
  if (!isTimeZone(window.timeZone))
    return { field: 'window.timeZone', detail: `${window.timeZone} is no time zone such as Europe/Malta` };
  const field = 'window.cron';
  if (!FIVE_FIELDS.test(window.cron.trim()))
    return { field, detail: 'must have five fields without ?: minute, hour, day, month, day of week' };
  try {
    if (intervalsOf(window)(now) !== null) return null;
    return { field, detail: `${window.cron} names a time that never comes` };
  } catch (error) {
    return { field, detail: (error as Error).message };
  }
}

/**
 * A time that the clocks leave out is taken at the end of the gap, and a time that comes twice at its first coming; but
 * a pattern that goes by every hour or minute goes by each of them that there is.
 */
function cronOf({ cron, timeZone }: FreezeWindow & { readonly kind: 'recurring' }): Cron {
  return new Cron(cron.trim(), { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}

function recurring(cron: Cron, durationMs: number): Intervals {
  const startAfter = (time: number): number | null => cron.nextRun(new Date(time))?.getTime() ?? null;
  return (now) => {
    const from = startAfter(now - durationMs);
    if (from === null) return null;
    let last = from;
    for (let joined = 1; joined < LONGEST_CHAIN; joined++) {
      const next = startAfter(last);
      if (next === null || next > last + durationMs) break;
      last = next;
    }
    return { from, until: last + durationMs };
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
