import type { Random } from '../clockwork/random';
import { drawVersion, GOOD, type GameVersion } from './game-version';

export interface Subject {
  readonly provider: string;
  readonly game: string;
  readonly salt: number;
  /** What is stable from the beginning, if anything. */
  readonly stable: GameVersion | null;
  /** Mean sessions that begin in a window, at one gateway in one market. */
  readonly launches: number;
}

export function drawSubjects(random: Random): Subject[] {
  const count = random.pick([1, 1, 2, 2, 3]);
  return Array.from({ length: count }, (_, index) => {
    const game = `game-${random.between(1, 999)}-${index}`;
    const known = { provider: random.pick(['acme', 'zenith']), game };
    const stable = random.chance(0.9) ? { ...drawVersion(random, known, '1.0.0'), conduct: GOOD } : null;
    const launches = random.pick([1, 4, 4, 10, 10, 20]);
    return { ...known, salt: random.between(0, 0xffff_ffff), stable, launches };
  });
}
