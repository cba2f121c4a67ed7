import { requireCount } from './tally';

/** The most a rollout may cost, each a count >= 1; what is left out has no limit. */
export interface Budget {
  readonly failedRequests?: number | undefined;
  readonly playersTouched?: number | undefined;
}

/** What a rollout has cost so far. */
export interface Spent {
  readonly failedRequests: number;
  readonly playersTouched: number;
}

/** One limit that has been reached. */
export interface SpentLimit {
  readonly cost: keyof Spent;
  readonly spent: number;
  readonly budget: number;
}

export type BlastRadius =
  | { readonly kind: 'within' }
  | { readonly kind: 'spent'; readonly limits: readonly [SpentLimit, ...SpentLimit[]] };

/**
 * Whether a rollout has used up what it may cost: a limit is spent once it is reached, so that it is not passed.
 *
 * @throws RangeError naming the field: costs are counts >= 0, limits counts >= 1
 */
export function blastRadius(spent: Spent, budget: Budget): BlastRadius {
  const [first, ...others] = [
    ...spentLimit('failedRequests', spent, budget),
    ...spentLimit('playersTouched', spent, budget),
  ];
  return first === undefined ? { kind: 'within' } : { kind: 'spent', limits: [first, ...others] };
}

function spentLimit(cost: keyof Spent, spent: Spent, budget: Budget): SpentLimit[] {
  const limit = budget[cost];
  requireCount(`spent.${cost}`, spent[cost]);
  if (limit === undefined) return [];
  requireCount(`budget.${cost}`, limit, 1);
  return spent[cost] >= limit ? [{ cost, spent: spent[cost], budget: limit }] : [];
}
