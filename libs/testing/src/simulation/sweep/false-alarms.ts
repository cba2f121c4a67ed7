/** What every simulated plan allows itself: the chance that a rollout of a good version ends in a breach. */
const ALPHA = 0.001;
/** Less likely than this is no chance any more. */
const UNBELIEVABLE = 1e-6;

/** Whether more of the good versions were found in breach than alpha explains. */
export function areTooMany(breached: number, judged: number): boolean {
  let exactly = Math.exp(judged * Math.log1p(-ALPHA));
  let fewer = 0;
  for (let count = 0; count < breached; count += 1) {
    fewer += exactly;
    exactly *= ((judged - count) / (count + 1)) * (ALPHA / (1 - ALPHA));
  }
  return 1 - fewer < UNBELIEVABLE;
}
