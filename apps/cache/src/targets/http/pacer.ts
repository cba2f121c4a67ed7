import { setTimeout as delay } from 'node:timers/promises';

/** A token bucket, as the vendors count: full at the start, refilled all the time. */
export class Pacer {
  private tokens: number;
  private atMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.tokens = burst;
    this.atMs = now();
  }

  /** Resolves when `count` may go. Each replica counts for itself; a target is asked by one at a time. */
  async take(count: number, signal: AbortSignal): Promise<void> {
    const waitMs = this.reserve(count);
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
  }

  /** Milliseconds until `count` may go; they are taken now, so that who comes next waits for its own. */
  reserve(count: number): number {
    const nowMs = this.now();
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.atMs) / 1000) * this.perSecond);
    this.atMs = nowMs;
    this.tokens -= count;
    return this.tokens >= 0 ? 0 : (-this.tokens / this.perSecond) * 1000;
  }
}
