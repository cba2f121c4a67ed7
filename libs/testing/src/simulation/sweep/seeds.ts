import { addFigures, noFigures, type Figures } from '../figures';
import type { Violation } from '../invariants/referee';
import { isBugName, rulesWith, type BugName } from '../planted-bugs';
import { SOUND_RULES } from '../rules';
import { simulate } from '../simulate';

/** Some seeds, in a row, and the bug planted in their worlds. Crosses between threads. */
export interface SeedRange {
  readonly from: number;
  readonly count: number;
  readonly bug: BugName | null;
}

export interface SeedViolation extends Violation {
  readonly seed: number;
}

export interface SeedReport {
  readonly figures: Figures;
  readonly violations: readonly SeedViolation[];
}

/** Simulates seed after seed, whatever the ones before have shown. */
export async function simulateRange({ from, count, bug }: SeedRange): Promise<SeedReport> {
  const rules = bug === null ? SOUND_RULES : rulesWith(bug);
  const figures = noFigures();
  const violations: SeedViolation[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const run = await simulate(seed, rules);
    addFigures(figures, run.figures);
    if (run.violation) violations.push({ seed, ...run.violation });
  }
  return { figures, violations };
}

/** The first seed from `from` on in which the bug shows itself; undefined when none of `most` seeds does. */
export async function firstSeedWith(
  bug: BugName,
  from: number,
  most: number,
): Promise<SeedViolation | undefined> {
  for (let seed = from; seed < from + most; seed += 1) {
    const { violations } = await simulateRange({ from: seed, count: 1, bug });
    if (violations.length > 0) return violations[0];
  }
  return undefined;
}

export function bugNamed(name: string | undefined): BugName | null {
  if (name === undefined) return null;
  if (isBugName(name)) return name;
  throw new Error(`There is no planted bug ${name}`);
}
