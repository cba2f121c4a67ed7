import type { Freeze, ReleasePlan } from '@croupier/rollout';
import type { FreezeCalendar } from '@croupier/orchestrator';
import type { Random } from '../clockwork/random';
import { BEGINNING } from '../clockwork/schedule';

interface FreezeWindow extends Freeze {
  readonly from: number;
  /** Null for everybody. */
  readonly game: string | null;
}

export class DrawnFreezes implements FreezeCalendar {
  private constructor(private readonly windows: readonly FreezeWindow[]) {}

  static draw(random: Random, games: readonly string[]): DrawnFreezes {
    const count = random.pick([0, 0, 1, 2, 3]);
    return new DrawnFreezes(
      Array.from({ length: count }, (_, index) => {
        const from = BEGINNING + random.between(0, 20_000);
        const until = from + random.between(500, 8_000);
        return { name: `tournament ${index + 1}`, from, until, game: random.pick([null, ...games]) };
      }),
    );
  }

  freezeOf({ game }: ReleasePlan, now: number): Freeze | null {
    const found = this.windows.find(
      (freeze) => freeze.from <= now && now < freeze.until && (freeze.game ?? game) === game,
    );
    return found ? { name: found.name, until: found.until } : null;
  }
}
