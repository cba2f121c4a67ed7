import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryPolicy {
  readonly timeoutMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  readonly retryable: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/** Exponential backoff with full jitter (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). */
export function delayBeforeAttempt(
  attempt: number,
  policy: Pick<RetryPolicy, 'firstDelayMs' | 'longestDelayMs'>,
  random: () => number,
): number {
  return random() * Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** attempt);
}

/** Repeats `work` while its error is retryable and the time lasts; then throws the last error. */
export async function retrying<T>(work: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  const deadline = performance.now() + policy.timeoutMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const delayMs = delayBeforeAttempt(attempt, policy, Math.random);
      if (!policy.retryable(error) || performance.now() + delayMs >= deadline) throw error;
      policy.onRetry?.(error, delayMs);
      await sleep(delayMs);
    }
  }
}
