import type { Freeze } from '@croupier/rollout';
import { coversMoment, type Holding, type WindowCursor } from './window-cursor';

/** Freezes with one scope. What they come to together is worked out once for each stretch in which none of them changes. */
export class FreezeShelf {
  private holding: Holding = { since: 0, upTo: 0, freeze: null };

  constructor(private readonly cursors: readonly WindowCursor[]) {}

  at(now: number): Freeze | null {
    if (!coversMoment(this.holding, now)) this.holding = this.look(now);
    return this.holding.freeze;
  }

  private look(now: number): Holding {
    const all = this.cursors.map((cursor) => cursor.at(now));
    return {
      since: Math.max(...all.map(({ since }) => since)),
      upTo: Math.min(...all.map(({ upTo }) => upTo)),
      freeze: all.map(({ freeze }) => freeze).reduce(longer, null),
    };
  }
}

/** The freeze that ends last, so that one is told and not each in turn; between equals the name decides, for all replicas. */
export function longer(one: Freeze | null, other: Freeze | null): Freeze | null {
  if (one === null || other === null) return one ?? other;
  if (one.until !== other.until) return one.until > other.until ? one : other;
  return one.name < other.name ? one : other;
}
