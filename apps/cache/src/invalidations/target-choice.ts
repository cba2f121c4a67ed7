import type { CacheStep } from '@croupier/contracts';
import type { CacheTarget } from '../targets/cache-target';

/** Whether a target can do a step at all. */
export function canDo(target: CacheTarget, step: CacheStep): boolean {
  switch (step.kind) {
    case 'purge':
      return target.supports(step.selector);
    case 'warm':
      return readable(target);
    case 'origin':
    case 'verify':
      return readable(target) && target.reads?.origin !== null;
  }
}

/** Of those that are named, or of all: the ones that can. */
export function chosenTargets(
  all: readonly CacheTarget[],
  step: CacheStep,
  names: readonly string[] | null,
): readonly CacheTarget[] {
  return all.filter((target) => (names === null || names.includes(target.name)) && canDo(target, step));
}

export function readable({ reads }: CacheTarget): boolean {
  return reads !== null && reads.through.length > 0;
}
