import { requirePrior, type BetaPrior } from './beta-prior';
import { projectOnMargin } from './relative-projection';
import { requireTally, type Tally } from './tally';

/** What canary and stable version answered in the same telemetry windows. */
export interface RelativeBlock {
  readonly canary: Tally;
  readonly stable: Tally;
}

/** All that the test remembers: its evidence, and what it has been shown so far. Plain JSON. */
export interface RelativeState extends RelativeBlock {
  /** Natural logarithm of an e-value; 0 before the first block. */
  readonly logEvidence: number;
}

export interface RelativeRule {
  /** By how much the canary's failure rate may exceed stable's and still count as the same, in [0,1). */
  readonly margin: number;
  readonly prior?: BetaPrior;
}

const NOTHING: Tally = { trials: 0, failures: 0 };

/** Before the first block. */
export const NOT_COMPARED: RelativeState = { logEvidence: 0, canary: NOTHING, stable: NOTHING };

/** Of the Beta(c,c) priors, c = 0.18 regrets least (Turner, Ly and Grünwald 2024). */
const RELATIVE_PRIOR: BetaPrior = { a: 0.18, b: 0.18 };

/**
 * One more block of evidence that the canary fails more often than stable does, by more than the margin. While its
 * rate is at most stable's + margin, P(the evidence ever reaches log(1/alpha)) <= alpha, however often one looks and
 * whatever both rates do from block to block: an incident that hits both is no evidence against the canary.
 *
 * The e-process of Turner, Ly and Grünwald 2024, 'Generic E-variables for exact sequential k-sample tests that allow
 * for optional stopping'; with a margin, Turner and Grünwald 2023, 'Exact anytime-valid confidence intervals for
 * contingency tables and beyond'. A block's factor is the likelihood ratio of rates (a,b), estimated from the blocks
 * before, to their nearest point (a0,b0) of the null. Its mean under rates (s,c) is
 * (1 + (s-a0) g_a)^n_a (1 + (c-b0) g_b)^n_b with g_q = (q-q0) / (q0 (1-q0)). The logarithm of that is concave in (s,c),
 * is 0 at (a0,b0), and its gradient there points out of the null, because the point is the nearest: so it is <= 0 all
 * over the null. Until the estimates say that the canary is worse, or when one side had no request, the factor is 1.
 *
 * A block that is larger than all before it, such as the first after an outage, is bet on with half the stake: its
 * estimates are rough, and they cost no more than log 2 then. The stake depends on block sizes alone.
 *
 * @param block counts that are in no block before; give all that is new at once, or in the order it came
 * @throws RangeError naming the field that is out of range
 */
export function advanceRelative(
  state: RelativeState,
  block: RelativeBlock,
  rule: RelativeRule,
): RelativeState {
  requireTally(block.canary, 'canary.');
  requireTally(block.stable, 'stable.');
  const factor = logFactor(state, block, rule);
  const isLargest = block.canary.trials > state.canary.trials;
  return {
    logEvidence: state.logEvidence + (isLargest ? halfStake(factor) : factor),
    canary: sum(state.canary, block.canary),
    stable: sum(state.stable, block.stable),
  };
}

/**
 * The block between what has been compared and the counts of now, so that a caller may keep sums and need not know
 * what it has shown the test before. Without news it is empty, and changes nothing.
 *
 * @throws RangeError when a count has gone back
 */
export function blockSince(state: RelativeState, now: RelativeBlock): RelativeBlock {
  const block = {
    canary: difference(now.canary, state.canary),
    stable: difference(now.stable, state.stable),
  };
  requireTally(block.canary, 'news of canary.');
  requireTally(block.stable, 'news of stable.');
  return block;
}

/** log of a block's likelihood ratio, by the estimates that the state allows. */
export function logFactor(
  state: RelativeBlock,
  { canary, stable }: RelativeBlock,
  { margin, prior = RELATIVE_PRIOR }: RelativeRule,
): number {
  requirePrior(prior);
  if (!(margin >= 0 && margin < 1)) throw new RangeError(`margin must lie in [0,1), not ${margin}`);
  const stableRate = estimate(state.stable, prior);
  const canaryRate = estimate(state.canary, prior);
  const isWorse = canaryRate - margin > stableRate;
  if (!isWorse || canary.trials === 0 || stable.trials === 0) return 0;
  const alternative = {
    stableRate,
    canaryRate,
    stableTrials: stable.trials,
    canaryTrials: canary.trials,
  };
  const { stableUp, canaryDown } = projectOnMargin(alternative, margin);
  return -logRatio(stable, stableRate, stableUp) - logRatio(canary, canaryRate, -canaryDown);
}

/** log of the likelihood of a tally under rate + shift, over that under rate. */
function logRatio({ trials, failures }: Tally, rate: number, shift: number): number {
  return failures * Math.log1p(shift / rate) + (trials - failures) * Math.log1p(-shift / (1 - rate));
}

/** log(1/2 + factor/2) */
function halfStake(logFactor: number): number {
  return Math.max(logFactor, 0) + Math.log1p(Math.expm1(-Math.abs(logFactor)) / 2);
}

function estimate({ trials, failures }: Tally, { a, b }: BetaPrior): number {
  return (a + failures) / (a + b + trials);
}

function sum(one: Tally, other: Tally): Tally {
  return { trials: one.trials + other.trials, failures: one.failures + other.failures };
}

function difference(now: Tally, before: Tally): Tally {
  return { trials: now.trials - before.trials, failures: now.failures - before.failures };
}
