/**
 * How long to wait before the next attempt: anything from 0 to `firstMs * 2^attempt`, capped.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(attempt: number, firstMs: number, longestMs: number): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** attempt);
}
