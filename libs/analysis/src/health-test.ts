import { requirePrior, type BetaPrior } from './beta-prior';
import { logScaledLowerBeta } from './incomplete-beta';
import { requireShare, requireTally, type Tally } from './tally';

/**
 * Most versions fail hardly ever: half a failure of prior weight sits next to zero. With beta = 0.05 the median stream
 * passes within 1.3x of log(1/beta) / KL(p, p0) for rates p from none to three quarters of p0 = 1 % and 5 %.
 */
const HEALTH_PRIOR: BetaPrior = { a: 0.5, b: 1 };

/**
 * Evidence that the failure rate is below `nullRate`, as the natural logarithm of an e-value: under every rate from
 * `nullRate` up, P(it ever reaches log(1/beta)) <= beta, however often one looks.
 *
 * The mirror image of the breach test: the mixture runs over (0,p0).
 *
 * @param tally n trials and k failures, up to about 1e12
 * @throws RangeError naming the field that is out of range
 */
export function healthLogEvidence(
  tally: Tally,
  { nullRate, prior = HEALTH_PRIOR }: { readonly nullRate: number; readonly prior?: BetaPrior },
): number {
  requireTally(tally);
  requireShare('nullRate', nullRate);
  requirePrior(prior);
  const { a, b } = prior;
  const { trials, failures } = tally;
  const nullPassRate = 1 - nullRate;
  return (
    logScaledLowerBeta(a + failures, b + (trials - failures), nullRate, nullPassRate) -
    logScaledLowerBeta(a, b, nullRate, nullPassRate)
  );
}
