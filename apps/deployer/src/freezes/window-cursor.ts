import type { Freeze } from '@croupier/rollout';
import type { Intervals } from './intervals';

/** What is so from `since` up to `upTo`. Epoch milliseconds. */
export interface Holding {
  readonly since: number;
  readonly upTo: number;
  /** Null where nothing is frozen. */
  readonly freeze: Freeze | null;
}

export function coversMoment({ since, upTo }: Holding, now: number): boolean {
  return since <= now && now < upTo;
}

/** One freeze, asked moment after moment: its pattern is only looked at when one interval or gap is over. */
export class WindowCursor {
  private holding: Holding = { since: 0, upTo: 0, freeze: null };

  constructor(
    readonly name: string,
    private readonly intervals: Intervals,
  ) {}

  at(now: number): Holding {
    if (!coversMoment(this.holding, now)) this.holding = this.look(now);
    return this.holding;
  }

  private look(now: number): Holding {
    const interval = this.intervals(now);
    if (interval === null) return { since: now, upTo: Infinity, freeze: null };
    const { from, until } = interval;
    if (now < from) return { since: now, upTo: from, freeze: null };
    return { since: from, upTo: until, freeze: { name: this.name, until } };
  }
}
