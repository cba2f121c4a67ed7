/**
 * The point of the null `canary rate <= stable rate + margin` that is nearest to an alternative outside it, as distances
 * from the alternative: stable's rate goes up by `stableUp`, the canary's down by `canaryDown`, and they meet at the
 * margin. Distances, because next to a billion requests of the other side a rate moves by less than its last digit.
 */
export interface Projection {
  readonly stableUp: number;
  readonly canaryDown: number;
}

/** Two estimated failure rates in (0,1) with canaryRate > stableRate + margin, and the requests each is weighed by. */
export interface Alternative {
  readonly stableRate: number;
  readonly canaryRate: number;
  readonly stableTrials: number;
  readonly canaryTrials: number;
}

/** Newton's steps fall back on halving the interval, so that even sixty of those would do. */
const MOST_STEPS = 60;
const CONVERGED = 1e-15;

/**
 * Minimises n_a KL(stableRate, x) + n_b KL(canaryRate, x + margin) over x. The derivative, freed of its denominators, is
 * the cubic n_a (stableRate - x) v(x + margin) + n_b (canaryRate - margin - x) v(x), with v(q) = q (1 - q): it is
 * positive at stableRate, negative at canaryRate - margin, and has one root in between. The gap is then split anew by
 * the odds that hold at the root, which gives the small distance as many digits as the large one.
 */
export function projectOnMargin(alternative: Alternative, margin: number): Projection {
  const { stableRate, canaryRate, stableTrials, canaryTrials } = alternative;
  const gap = canaryRate - margin - stableRate;
  let [low, high] = [0, gap];
  let up = (gap * canaryTrials) / (stableTrials + canaryTrials);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const x = stableRate + up;
    const y = x + margin;
    const [atX, atY] = [x * (1 - x), y * (1 - y)];
    const down = gap - up;
    const slope = canaryTrials * down * atX - stableTrials * up * atY;
    if (slope > 0) low = up;
    else high = up;
    const bend = canaryTrials * (down * (1 - 2 * x) - atX) - stableTrials * (up * (1 - 2 * y) + atY);
    const newton = up - slope / bend;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const converged = Math.abs(next - up) <= CONVERGED * gap;
    up = next;
    if (converged) break;
  }
  const x = stableRate + up;
  const y = x + margin;
  const odds = (canaryTrials * x * (1 - x)) / (stableTrials * y * (1 - y));
  return { stableUp: (gap * odds) / (1 + odds), canaryDown: gap / (1 + odds) };
}
