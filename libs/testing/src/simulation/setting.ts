import type { Random } from './clockwork/random';
import type { Schedule } from './clockwork/schedule';
import type { Figures } from './figures';
import type { Referee } from './invariants/referee';
import type { Rules } from './rules';
import type { Weather } from './scenario/faults';

/** What everything in a simulated world shares. */
export interface Setting {
  readonly time: Schedule;
  readonly random: Random;
  readonly weather: Weather;
  readonly rules: Rules;
  readonly referee: Referee;
  readonly figures: Figures;
  /** Left out unless somebody listens, so that nothing is worded in vain. */
  readonly say: ((event: string) => void) | undefined;
}
