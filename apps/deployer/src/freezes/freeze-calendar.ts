import type { FreezeDocument } from '@croupier/contracts';
import type { FreezeCalendar } from '@croupier/orchestrator';
import type { Freeze, ReleasePlan } from '@croupier/rollout';
import { FreezeShelf, longer } from './freeze-shelf';
import { intervalsOf } from './intervals';
import { WindowCursor } from './window-cursor';

export interface NamedFreeze extends FreezeDocument {
  readonly name: string;
}

/** A set of freezes, made to be asked for every release in every pass. */
export class FixedFreezeCalendar implements FreezeCalendar {
  private readonly everywhere: FreezeShelf;
  private readonly ofProvider: ReadonlyMap<string, FreezeShelf>;
  private readonly ofSubject: ReadonlyMap<string, FreezeShelf>;

  constructor(freezes: readonly NamedFreeze[]) {
    this.everywhere = shelf(freezes.filter(({ scope }) => scope.provider === null && scope.subject === null));
    this.ofProvider = shelves(freezes, ({ scope }) => scope.provider);
    this.ofSubject = shelves(freezes, ({ scope }) => scope.subject);
  }

  freezeOf({ provider, game, strategy }: ReleasePlan, now: number): Freeze | null {
    // An emergency does not wait for the end of a tournament. Nor does a way back: the core sees to that.
    if (strategy === 'all-at-once') return null;
    const general = longer(this.everywhere.at(now), this.ofProvider.get(provider)?.at(now) ?? null);
    if (this.ofSubject.size === 0) return general;
    return longer(general, this.ofSubject.get(`${provider}/${game}`)?.at(now) ?? null);
  }
}

function shelves(
  freezes: readonly NamedFreeze[],
  keyOf: (freeze: NamedFreeze) => string | null,
): ReadonlyMap<string, FreezeShelf> {
  const groups = new Map<string, NamedFreeze[]>();
  for (const freeze of freezes) {
    const key = keyOf(freeze);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), freeze]);
  }
  return new Map([...groups].map(([key, group]) => [key, shelf(group)]));
}

function shelf(freezes: readonly NamedFreeze[]): FreezeShelf {
  return new FreezeShelf(freezes.map(({ name, window }) => new WindowCursor(name, intervalsOf(window))));
}
