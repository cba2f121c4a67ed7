export interface Backoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/**
 * Exponential delay with equal jitter: between half and all of `initialMs * factor^(attempt - 1)`, capped.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(attempt: number, { initialMs, factor, maxMs }: Backoff): number {
  const ceilingMs = Math.min(maxMs, initialMs * factor ** (attempt - 1));
  return ceilingMs * (0.5 + Math.random() / 2);
}
