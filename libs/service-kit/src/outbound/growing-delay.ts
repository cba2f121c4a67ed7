const LONGEST_MS = 60_000;

export interface DelayBounds {
  /** A minute unless given. */
  readonly longestMs?: number;
  readonly random?: () => number;
}

/**
 * How long to wait after the attempt with this number: between half and all of `firstMs * 2^(attempt - 1)`, at most
 * `longestMs`, so that delays grow and do not meet. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param askedForMs what the target has asked for in `Retry-After`; never less is waited
 */
export function growingDelayMs(
  attempt: number,
  firstMs: number,
  askedForMs: number | null,
  { longestMs = LONGEST_MS, random = Math.random }: DelayBounds = {},
): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return Math.max(ceilingMs * (0.5 + random() / 2), askedForMs ?? 0);
}
