import type { Random } from '../clockwork/random';
import { BEGINNING } from '../clockwork/schedule';
import type { Conduct } from './game-version';

/** Something that all versions stand on fails for a while: no version's fault. */
export class Outage {
  private constructor(
    private readonly from: number,
    private readonly until: number,
  ) {}

  /** Null in most worlds. */
  static draw(random: Random): Outage | null {
    if (random.chance(0.88)) return null;
    const from = BEGINNING + random.between(3_000, 18_000);
    return new Outage(from, from + random.between(1_000, 6_000));
  }

  /** How a version behaves at this moment. */
  at(now: number, conduct: Conduct): Conduct {
    if (now < this.from || now >= this.until) return conduct;
    return { ...conduct, errors: Math.max(conduct.errors, 0.4) };
  }
}
