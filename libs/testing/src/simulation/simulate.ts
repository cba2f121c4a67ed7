import type { Figures } from './figures';
import type { Violation } from './invariants/referee';
import { SOUND_RULES, type Rules } from './rules';
import { World } from './world';

export interface Run {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly figures: Readonly<Figures>;
}

/** One world from its beginning to its end, or to the first violation: always the same for a seed. */
export async function simulate(
  seed: number,
  rules: Rules = SOUND_RULES,
  say?: (event: string) => void,
): Promise<Run> {
  const world = new World(seed, rules, say);
  await world.run();
  const { referee, figures } = world.setting;
  return { seed, violation: referee.violation, figures };
}
