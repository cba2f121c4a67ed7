import { requirePrior, type BetaPrior } from './beta-prior';
import { logScaledLowerBeta } from './incomplete-beta';
import { requireShare, requireTally, type Tally } from './tally';

/**
 * Mass near the null rate for slow leaks, enough of it far away for outages. With alpha = 0.001 the median stream is
 * caught within 1.21x of Wald's limit log(1/alpha) / KL(p, p0) for p0 = 1 % and 5 % and p = 2, 5, 10, 20, 50 %, within
 * 1.33x when alpha is split over two metrics.
 */
const BREACH_PRIOR: BetaPrior = { a: 0.25, b: 3 };

/**
 * Evidence that the failure rate is above `nullRate`, as the natural logarithm of an e-value: under every rate up to
 * `nullRate`, P(it ever reaches log(1/alpha)) <= alpha, however often one looks (Ville's inequality).
 *
 * E = ∫ over q in (p0,1) of (q/p0)^k ((1-q)/(1-p0))^(n-k) w(q) dq with w = Beta(a,b) cut to (p0,1): Robbins's method
 * of mixtures (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021). The likelihood ratio scales the beta integral
 * by its own integrand at p0, so E is the ratio of two scaled integrals and no large term is ever subtracted.
 *
 * @param tally n trials and k failures, up to about 1e12
 * @throws RangeError naming the field that is out of range
 */
export function breachLogEvidence(
  tally: Tally,
  { nullRate, prior = BREACH_PRIOR }: { readonly nullRate: number; readonly prior?: BetaPrior },
): number {
  requireTally(tally);
  requireShare('nullRate', nullRate);
  requirePrior(prior);
  const { a, b } = prior;
  const { trials, failures } = tally;
  const nullPassRate = 1 - nullRate;
  return (
    logScaledLowerBeta(b + (trials - failures), a + failures, nullPassRate, nullRate) -
    logScaledLowerBeta(b, a, nullPassRate, nullRate)
  );
}
