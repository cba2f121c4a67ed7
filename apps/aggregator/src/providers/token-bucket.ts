import type { RateLimit } from '@croupier/contracts';

/**
 * The generic cell rate algorithm, which is a token bucket without a timer
 * (https://www.itu.int/rec/T-REC-I.371, annex A): one number says when the bucket is full again.
 */
export class TokenBucket {
  private readonly intervalMs: number;
  private readonly spanMs: number;
  private fullAtMs = 0;

  constructor({ perSecond, burst }: RateLimit) {
    this.intervalMs = 1000 / perSecond;
    this.spanMs = (burst - 1) * this.intervalMs;
  }

  /** Takes one token. Otherwise answers in how many milliseconds there is one. */
  take(nowMs: number): number {
    const fullAtMs = Math.max(this.fullAtMs, nowMs);
    const waitMs = fullAtMs - nowMs - this.spanMs;
    if (waitMs > 0) return waitMs;
    this.fullAtMs = fullAtMs + this.intervalMs;
    return 0;
  }
}
